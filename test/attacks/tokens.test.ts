import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  createLocalJWKSet,
  exportJWK,
  type JWTHeaderParameters,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTokens } from '../../src/modules/identity/access-token.gateway.ts';
import { createKeyring } from '../../src/secrets/keyring.ts';
import { signingKey } from '../../src/secrets/signing-key.ts';
import { newId } from '../../src/shared/ids.ts';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const ed25519 = pem(generateKeyPairSync('ed25519').privateKey);
const p256 = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const hmac = 'a secret that only these attacks know';
const SESSION_COOKIE = 'mainstay_session';
const attackers = generateKeyPairSync('ed25519');

interface Session {
  readonly user: { readonly id: string; readonly email: string };
  readonly accessToken: string;
  readonly refreshToken: string;
}

let shop: TestShop;
let session: Session;
let issuer: string;
beforeAll(async () => {
  // The last is the one that signs; a process that starts with several keys knows all of them.
  shop = await startShop({ JWT_SECRET: [ed25519, p256, hmac].join(',') });
  session = await newSession();
  issuer = claimsOf(session.accessToken).iss;
});
afterAll(() => shop.stop());

const PASSWORD = 'correct horse battery';

async function newSession(): Promise<Session> {
  const { body } = await shop.api('POST', '/api/auth/register', {
    body: { email: `${newId()}@example.test`, password: PASSWORD },
  });
  return body;
}

const profile = (token: string) => shop.api('GET', '/api/auth/profile', { token });
const refresh = (refreshToken: string) =>
  shop.api('POST', '/api/auth/refresh', { body: { refreshToken } });

async function expectRefused(...tokens: string[]): Promise<void> {
  for (const token of tokens) {
    const { status, body } = await profile(token);
    expect([token, status, body.code]).toEqual([token, 401, 'unauthenticated']);
  }
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString());
const claimsOf = (token: string) => decode(token.split('.')[1]);

/** A token as the shop makes it, with what an attacker changes in it. */
function forge(
  key: KeyObject,
  header: JWTHeaderParameters,
  changed: { iss?: string; aud?: string; expires?: string; notBefore?: string } = {},
): Promise<string> {
  return new SignJWT(claimsOf(session.accessToken))
    .setProtectedHeader({ typ: 'at+jwt', ...header })
    .setIssuer(changed.iss ?? issuer)
    .setAudience(changed.aud ?? `${issuer}/api`)
    .setNotBefore(changed.notBefore ?? '0s')
    .setExpirationTime(changed.expires ?? '1h')
    .sign(key);
}

const ours = signingKey(hmac);
const good = { alg: 'HS256', kid: ours.id };

test('what the attacks change is all that is wrong with their tokens', async () => {
  expect((await profile(await forge(ours.signs, good))).status).toBe(200);
  for (const key of [ed25519, p256].map(signingKey)) {
    const token = await forge(key.signs, { alg: key.algorithm, kid: key.id });
    expect((await profile(token)).status).toBe(200);
  }
});

test('what is published verifies tokens and signs none', async () => {
  const { status, body } = await shop.api('GET', '/.well-known/jwks.json');
  expect(status).toBe(200);
  expect(body.keys.map(({ alg }: { alg: string }) => alg).toSorted()).toEqual(['ES256', 'EdDSA']);
  const parts = new Set(body.keys.flatMap(Object.keys));
  expect([...parts].toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  const key = signingKey(p256);
  const token = await forge(key.signs, { alg: 'ES256', kid: key.id });
  const { payload } = await jwtVerify(token, createLocalJWKSet(body), { issuer });
  expect(payload.sub).toBe(session.user.id);
});

test('a token without a signature is refused, however its algorithm is spelt', async () => {
  const [, payload] = session.accessToken.split('.');
  const unsigned = ['none', 'None', 'NONE', 'nOnE', '', null, undefined].flatMap((alg) => {
    const head = encode({ ...good, typ: 'at+jwt', alg });
    return [`${head}.${payload}.`, `${head}.${payload}.AAAA`];
  });
  const library = new UnsecuredJWT(claimsOf(session.accessToken)).encode();
  const [head, body] = session.accessToken.split('.');
  await expectRefused(...unsigned, library, `${head}.${body}.`, `${head}.${body}`);
});

test('a MAC is taken in the one way in which it is spelt, and over all of its token', async () => {
  const token = await forge(ours.signs, good);
  const [head, claims, mac = ''] = token.split('.');
  const last = mac.at(-1) ?? '';
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  // 256 bits are 42 letters and a bit more: the last one has two bits that a lenient reader does not look at.
  const same = letters[letters.indexOf(last) ^ 1];
  const other = encode({ ...claimsOf(token), sub: newId() });
  await expectRefused(
    ...[`${token}=`, `${token}.`, `${token}.${mac}`, `.${token}`],
    ...[`${head}.${claims}.${mac.slice(0, -1)}${same}`, `${head}.${claims}.${mac.slice(0, 20)}`],
    ...[`${head}.${other}.${mac}`, `${encode({ ...good, typ: 'JWT' })}.${claims}.${mac}`],
  );
});

test('a public key is not taken for the secret of an HMAC', async () => {
  const confused = [ed25519, p256].flatMap((pem) => {
    const { id, published } = signingKey(pem);
    const spellings = [
      createPublicKey(pem).export({ type: 'spki', format: 'pem' }),
      createPublicKey(pem).export({ type: 'spki', format: 'der' }),
      Buffer.from(published?.x ?? '', 'base64url'),
      JSON.stringify(published),
    ];
    const claims = session.accessToken.split('.')[1];
    return spellings.flatMap((secret) =>
      ['HS256', 'HS384', 'HS512'].map((alg) => {
        const text = `${encode({ typ: 'at+jwt', alg, kid: id })}.${claims}`;
        const sha = alg.replace('HS', 'sha');
        return `${text}.${createHmac(sha, secret).update(text).digest('base64url')}`;
      }),
    );
  });
  expect(confused).toHaveLength(24);
  await expectRefused(...confused);
});

test('a key signs by its own algorithm alone', async () => {
  const curve = signingKey(ed25519);
  await expectRefused(
    await forge(ours.signs, { ...good, alg: 'HS384' }),
    await forge(ours.signs, { ...good, alg: 'HS512' }),
    await forge(ours.signs, { alg: 'HS256', kid: curve.id }),
    await forge(curve.signs, { alg: 'EdDSA', kid: ours.id }),
    await forge(curve.signs, { alg: 'Ed25519', kid: curve.id }),
  );
});

test('a key id names a key of the shop or nothing', async () => {
  const kids = [
    '../../../../dev/null',
    '/dev/null',
    'file:///etc/hostname',
    "' UNION SELECT 'secret' --",
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '',
    `${ours.id} `,
    'https://attacker.example/key',
  ];
  const empty = (text: string) => createHmac('sha256', '').update(text).digest('base64url');
  const [, claims] = session.accessToken.split('.');
  const byEmptySecret = [...kids, null, 0, true, {}, [ours.id], { toString: ours.id }].map(
    (kid) => {
      const text = `${encode({ typ: 'at+jwt', alg: 'HS256', kid })}.${claims}`;
      return `${text}.${empty(text)}`;
    },
  );
  const signed = await Promise.all(kids.map((kid) => forge(ours.signs, { alg: 'HS256', kid })));
  const without = await forge(ours.signs, { alg: 'HS256' });
  await expectRefused(...byEmptySecret, ...signed, without);
});

test('a key that a token brings or points to is not used', async () => {
  const jwk = await exportJWK(attackers.publicKey);
  const brought = [
    { jwk },
    { jwk: { ...jwk, kid: ours.id }, kid: ours.id },
    { jku: `${issuer}/.well-known/jwks.json`, kid: signingKey(ed25519).id },
    { jku: 'http://127.0.0.1:9/jwks.json', kid: 'theirs' },
    { x5u: 'http://127.0.0.1:9/cert.pem', kid: signingKey(ed25519).id },
    { x5c: ['MIIB'], kid: signingKey(ed25519).id },
  ];
  for (const header of brought)
    await expectRefused(
      await forge(attackers.privateKey, { alg: 'EdDSA', ...header } as JWTHeaderParameters),
    );
});

test('a header that asks for what nobody understands is refused', async () => {
  const [, claims] = session.accessToken.split('.');
  const headers = [
    { ...good, crit: ['exp'] },
    { ...good, crit: ['x'], x: 1 },
    { ...good, b64: false, crit: ['b64'] },
  ];
  await expectRefused(
    ...headers.map((header) => {
      const text = `${encode({ typ: 'at+jwt', ...header })}.${claims}`;
      return `${text}.${ours.mac(text).toString('base64url')}`;
    }),
  );
});

test('an altered header, payload or signature is refused, whichever character it is', async () => {
  const [head = '', claims = '', signature = ''] = session.accessToken.split('.');
  const raised = encode({ ...decode(claims), role: 'admin', sid: newId() });
  const later = encode({ ...decode(claims), exp: decode(claims).exp + 3600 });
  const flipped = [head, claims, signature].flatMap((part, at, parts) =>
    [0, Math.floor(part.length / 2), part.length - 2].map((index) => {
      const other = part[index] === 'A' ? 'B' : 'A';
      const altered = part.slice(0, index) + other + part.slice(index + 1);
      return parts.with(at, altered).join('.');
    }),
  );
  await expectRefused(
    `${head}.${raised}.${signature}`,
    `${head}.${later}.${signature}`,
    ...flipped,
    [head, claims, signature, signature].join('.'),
    [claims, head, signature].join('.'),
  );
});

test('a token is good in its time, of its issuer, for its audience and of its kind alone', async () => {
  await expectRefused(
    await forge(ours.signs, good, { expires: '-1s' }),
    await forge(ours.signs, good, { notBefore: '1m' }),
    await forge(ours.signs, good, { iss: 'https://elsewhere.example' }),
    await forge(ours.signs, good, { iss: `${issuer}/` }),
    await forge(ours.signs, good, { aud: issuer }),
    await forge(ours.signs, good, { aud: 'https://elsewhere.example/api' }),
    await forge(ours.signs, { ...good, typ: 'JWT' }),
    await forge(ours.signs, { ...good, typ: 'rt+jwt' }),
  );
  const says = await profile(await forge(ours.signs, good, { expires: '-1s' }));
  expect(says.body.detail).toBe('The access token has expired.');
});

test('a token of another shop is refused, though it was made by the same program', async () => {
  const other = createTokens({
    keyring: createKeyring(['the secret of another shop, as long as ours'], {
      settleMs: 0,
      keepMs: 0,
    }),
    issuer,
    ttlSeconds: 900,
  });
  const { sub: userId, sid: sessionId } = claimsOf(session.accessToken);
  await expectRefused(await other.issue({ userId, sessionId }));
});

test('a token says nothing of its holder but who it is', () => {
  const claims = Object.keys(claimsOf(session.accessToken));
  expect(claims.toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub']);
});

describe('a token that has not expired', () => {
  test('is refused once its session was left, at this process at once', async () => {
    const { accessToken, refreshToken } = await newSession();
    expect((await profile(accessToken)).status).toBe(200);
    await shop.api('POST', '/api/auth/logout', { body: { refreshToken } });
    await expectRefused(accessToken);
  });

  test('is refused once its session was revoked elsewhere, or its user is gone', async () => {
    const [revoked, gone] = [await newSession(), await newSession()];
    for (const { accessToken } of [revoked, gone])
      expect((await profile(accessToken)).status).toBe(200);
    const { sid } = claimsOf(revoked.accessToken);
    const sessions = shop.db.updateTable('sessions').set({ revoked_at: new Date() });
    await sessions.where('id', '=', sid).execute();
    await shop.db.deleteFrom('users').where('id', '=', gone.user.id).execute();
    for (const { accessToken } of [revoked, gone]) {
      await until(async () => (await profile(accessToken)).status === 401);
      await expectRefused(accessToken);
    }
  });

  test('is refused when its refresh token was used twice', async () => {
    const { accessToken, refreshToken } = await newSession();
    await refresh(refreshToken);
    await refresh(refreshToken);
    await until(async () => (await profile(accessToken)).status === 401);
  });
});

describe('tokens of one kind', () => {
  test('do not pass for another: a refresh token opens nothing, an access token refreshes nothing', async () => {
    await expectRefused(session.refreshToken);
    const answer = await refresh(session.accessToken);
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
  });

  test('do not change their way in: a session cookie is no bearer, a bearer no cookie', async () => {
    const browser = openBrowser(shop.url);
    await browser.open('/sign-in');
    await browser.submit('/sign-in', { email: session.user.email, password: PASSWORD });
    expect((await browser.open('/account')).status).toBe(200);
    const cookie = browser.cookies.get(SESSION_COOKIE) ?? '';
    await expectRefused(cookie);
    const byCookie = { cookie: `${SESSION_COOKIE}=${cookie}` };
    expect((await shop.api('GET', '/api/auth/profile', { headers: byCookie })).status).toBe(401);
    for (const stolen of [session.accessToken, session.refreshToken]) {
      browser.cookies.set(SESSION_COOKIE, stolen);
      expect((await browser.open('/account')).status).toBe(303);
    }
  });
});

describe('a refresh token', () => {
  test('that is used again ends its family, whoever holds the newest', async () => {
    const { refreshToken } = await newSession();
    const second = (await refresh(refreshToken)).body.refreshToken;
    const third = (await refresh(second)).body.refreshToken;
    expect((await refresh(refreshToken)).status).toBe(401);
    for (const token of [refreshToken, second, third])
      expect((await refresh(token)).status).toBe(401);
  });

  test('that is sent in parallel is good once, and its family has ended', async () => {
    const { refreshToken } = await newSession();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect((await refresh(won[0]?.body.refreshToken)).status).toBe(401);
  });

  test('of a session that was left is refused, and so is every later one', async () => {
    const { refreshToken } = await newSession();
    const second = (await refresh(refreshToken)).body.refreshToken;
    await shop.api('POST', '/api/auth/logout', { body: { refreshToken: second } });
    for (const token of [second, refreshToken]) expect((await refresh(token)).status).toBe(401);
  });

  test('that is guessed, cut or empty is refused', async () => {
    const { refreshToken } = await newSession();
    for (const token of [refreshToken.slice(1), `${refreshToken}A`, 'A'.repeat(43)])
      expect((await refresh(token)).status).toBe(401);
    expect((await refresh('')).status).toBe(400);
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});
