import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { SessionHolder } from '../../http/principal.ts';
import type { Keyring } from '../../secrets/keyring.ts';
import { ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';

/** Says what a token is for (RFC 9068), so that no other kind passes for one. */
const TYPE = 'at+jwt';

export interface AccessTokens {
  readonly ttlSeconds: number;
  issue(holder: Pick<SessionHolder, 'userId' | 'sessionId'>): Promise<string>;
  /**
   * The session of a token; whether it still lives is not known from the token.
   * @throws ShopError unauthenticated for a token that is not ours, altered or expired.
   */
  verify(accessToken: string): Promise<string>;
}

/**
 * Access tokens: short-lived JWTs that name a session, signed with the newest key that every process knows and
 * verified with the key that their `kid` names. A key has one algorithm; what else a token's header says is not
 * listened to.
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

    issue({ userId, sessionId }) {
      const { id, algorithm, signs } = keyring.signing();
      return new SignJWT({ sid: sessionId })
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
      return (await read(accessToken)).sid;
    },
  };

  /** Only what `issue` makes is taken, so the session's id is there. */
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
  readonly sid: string;
}
