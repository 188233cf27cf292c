import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { Principal } from '../../http/principal.ts';
import type { Keyring } from '../../secrets/keyring.ts';
import { ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';

/** Says what a token is for (RFC 9068), so that no other kind passes for one. */
const TYPE = 'at+jwt';

export interface AccessTokens {
  readonly ttlSeconds: number;
  issue(principal: Principal): Promise<string>;
  /** @throws ShopError unauthenticated for a token that is not ours, altered or expired. */
  verify(accessToken: string): Promise<Principal>;
}

/**
 * Access tokens: short-lived JWTs, signed with the newest key that every process knows and verified with the key that
 * their `kid` names. A key has one algorithm; what else a token's header says is not listened to.
 * @param issuer the shop's public URL.
 */
export function createTokens({
  keyring,
  issuer,
  ttlSeconds,
}: {
  keyring: Keyring;
  issuer: string;
  ttlSeconds: number;
}): AccessTokens {
  const audience = `${issuer}/api`;
  return {
    ttlSeconds,

    issue({ userId, email, name, role, sessionId }) {
      const { id, algorithm, signs } = keyring.signing();
      return new SignJWT({ email, name, role, sid: sessionId })
        .setProtectedHeader({ alg: algorithm, typ: TYPE, kid: id })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setJti(newId())
        .setIssuedAt()
        .setExpirationTime(`${ttlSeconds} s`)
        .sign(signs);
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

  /** Only what `issue` makes is taken, so its claims are there in their types. */
  async function read(accessToken: string): Promise<Claims> {
    try {
      const { kid } = decodeProtectedHeader(accessToken);
      const key = typeof kid === 'string' ? keyring.find(kid) : null;
      if (key === null) throw new errors.JWKSNoMatchingKey();
      const { payload } = await jwtVerify<Claims>(accessToken, key.verifies, {
        algorithms: [key.algorithm],
        typ: TYPE,
        issuer,
        audience,
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
