import { errors, jwtVerify, SignJWT } from 'jose';
import type { Principal } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'mainstay';

export interface AccessTokens {
  readonly ttlSeconds: number;
  issue(principal: Principal): Promise<string>;
  /** @throws ShopError unauthenticated for a token that is not ours, altered or expired. */
  verify(accessToken: string): Promise<Principal>;
}

/**
 * Access tokens: short-lived signed JWTs that are verified without the database. Revoking a session therefore
 * stops its refresh at once, and its last access token within `ttlSeconds`.
 */
export function createTokens({
  secret,
  ttlSeconds,
}: {
  secret: string;
  ttlSeconds: number;
}): AccessTokens {
  const key = new TextEncoder().encode(secret);
  return {
    ttlSeconds,

    issue({ userId, email, name, role, sessionId }) {
      return new SignJWT({ email, name, role, sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setSubject(userId)
        .setJti(newId())
        .setIssuedAt()
        .setExpirationTime(`${ttlSeconds} s`)
        .sign(key);
    },

    async verify(accessToken) {
      const claims = await read(accessToken);
      return {
        userId: claims.sub,
        email: claims.email,
        name: claims.name,
        role: claims.role,
        sessionId: claims.sid,
      };
    },
  };

  /** Only the algorithm and issuer of `issue` are taken, so its claims are there in their types. */
  async function read(accessToken: string): Promise<Claims> {
    try {
      const { payload } = await jwtVerify<Claims>(accessToken, key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        requiredClaims: ['exp', 'sub', 'sid'],
      });
      return payload;
    } catch (error) {
      const why = error instanceof errors.JWTExpired ? 'has expired' : 'is not valid';
      throw new ShopError('unauthenticated', `The access token ${why}.`, { cause: error });
    }
  }
}

interface Claims {
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  readonly role: Principal['role'];
  readonly sid: string;
}
