import { errors, jwtVerify, SignJWT } from 'jose';
import type { SessionHolder } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'mainstay';

export interface AccessTokens {
  readonly ttlSeconds: number;
  issue(holder: Pick<SessionHolder, 'userId' | 'sessionId'>): Promise<string>;
  /**
   * The session of a token; whether it still lives is not known from the token.
   * @throws ShopError unauthenticated for a token that is not ours, altered or expired.
   */
  verify(accessToken: string): Promise<string>;
}

/** Access tokens: short-lived signed JWTs that name a session. */
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

    issue({ userId, sessionId }) {
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setSubject(userId)
        .setJti(newId())
        .setIssuedAt()
        .setExpirationTime(`${ttlSeconds} s`)
        .sign(key);
    },

    async verify(accessToken) {
      return (await read(accessToken)).sid;
    },
  };

  /** Only the algorithm and issuer of `issue` are taken, so the session's id is there. */
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
  readonly sid: string;
}
