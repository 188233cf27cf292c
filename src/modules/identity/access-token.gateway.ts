import { timingSafeEqual } from 'node:crypto';
import {
  decodeProtectedHeader,
  errors,
  type JWTClaimVerificationOptions,
  jwtVerify,
  type ProtectedHeaderParameters,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { LRUCache } from 'lru-cache';
import type { SessionHolder } from '../../http/principal.ts';
import type { Keyring } from '../../secrets/keyring.ts';
import type { SigningKey } from '../../secrets/signing-key.ts';
import { ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';

/** Says what a token is for (RFC 9068), so that no other kind passes for one. */
const TYPE = 'at+jwt';
/** Tokens that were found good, so that each is not for every request of its holder. */
const MOST_KNOWN = 20_000;

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
  const known = new LRUCache<string, Found>({ max: MOST_KNOWN });
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
      const found = known.get(accessToken);
      if (found !== undefined && isStillGood(found)) return found.sid;
      const { kid, claims } = await read(accessToken);
      known.set(accessToken, { kid, sid: claims.sid, expiresAt: claims.exp * 1000 });
      return claims.sid;
    },
  };

  /** What is in a token does not change; its time runs out, and its key may be taken away. */
  function isStillGood({ kid, expiresAt }: Found): boolean {
    return expiresAt > Date.now() && keyring.find(kid) !== null;
  }

  /** Only what `issue` makes is taken, so the session's id is there. */
  async function read(accessToken: string): Promise<{ kid: string; claims: Claims }> {
    try {
      const header = decodeProtectedHeader(accessToken);
      const { kid = '' } = header;
      const key = keyring.find(kid);
      if (key === null) throw new errors.JWKSNoMatchingKey();
      const asked = { issuer, audience, requiredClaims: ['exp', 'sub', 'sid'] };
      if (key.algorithm === 'HS256')
        return { kid, claims: readMac(accessToken, header, key, asked) };
      const { payload } = await jwtVerify<Claims>(accessToken, key.verifies, {
        ...asked,
        algorithms: [key.algorithm],
        typ: TYPE,
      });
      return { kid, claims: payload };
    } catch (error) {
      const why = error instanceof errors.JWTExpired ? 'has expired' : 'is not valid';
      throw new ShopError('unauthenticated', `The access token ${why}.`, { cause: error });
    }
  }
}

const UNSECURED = Buffer.from('{"alg":"none"}').toString('base64url');

/**
 * The claims of a token that a secret signed. Its MAC takes some microseconds, and Web Crypto's way to a thread and
 * back many times that; once it is proven, jose looks at the claims as at those of a token without one.
 */
function readMac(
  accessToken: string,
  { alg, typ, kid: _, ...others }: ProtectedHeaderParameters,
  key: SigningKey,
  asked: JWTClaimVerificationOptions,
): Claims {
  const [head, payload, ...signature] = accessToken.split('.');
  const given = Buffer.from(signature.join('.'));
  const expected = Buffer.from(key.mac(`${head}.${payload}`).toString('base64url'));
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isOurs || alg !== key.algorithm || typ !== TYPE || Object.keys(others).length > 0)
    throw new errors.JWSSignatureVerificationFailed();
  return UnsecuredJWT.decode<Claims>(`${UNSECURED}.${payload}.`, asked).payload;
}

interface Claims {
  readonly sid: string;
  /** Seconds since 1970. */
  readonly exp: number;
}

/** A token that was verified. */
interface Found {
  readonly kid: string;
  readonly sid: string;
  readonly expiresAt: number;
}
