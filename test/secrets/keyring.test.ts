import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyring, isMacOf } from '../../src/secrets/keyring.ts';
import { keyProblem, keysIn, signingKey } from '../../src/secrets/signing-key.ts';

const secret = (name: string) => `${name} `.repeat(40);
const [A, B, C] = ['a', 'b', 'c'].map(secret) as [string, string, string];
const idOf = (text: string) => signingKey(text).id;
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const SETTLE = 300;
const KEEP = 900;

describe('a keyring', () => {
  let clock = 1000;
  const now = () => clock;
  const ring = (...texts: string[]) =>
    createKeyring(texts, { settleMs: SETTLE, keepMs: KEEP, now });
  beforeEach(() => {
    clock = 1000;
  });

  it('signs with its only key at once', () => {
    const keys = ring(A);
    expect(keys.signing().id).toBe(idOf(A));
    expect(keys.find(idOf(A))?.algorithm).toBe('HS256');
    expect(keys.find('another')).toBeNull();
  });

  it('verifies with a new key at once and signs with it only when it has settled', () => {
    const keys = ring(A);
    keys.learn([B, A]);
    expect(keys.find(idOf(B))).not.toBeNull();
    clock += SETTLE - 1;
    expect(keys.signing().id).toBe(idOf(A));
    clock += 1;
    expect(keys.signing().id).toBe(idOf(B));
  });

  it('keeps a key that was replaced until what it signed has expired, and no longer', () => {
    const keys = ring(A);
    keys.learn([B]);
    clock += SETTLE;
    expect(keys.signing().id).toBe(idOf(B));
    // Another process learned of it a whole settling time later.
    clock += SETTLE + KEEP - 1;
    expect(keys.find(idOf(A))).not.toBeNull();
    clock += 1;
    expect(keys.find(idOf(A))).toBeNull();
    expect(keys.keys().map(({ id }) => id)).toEqual([idOf(B)]);
  });

  it('keeps the key in use through two rotations within the settling time', () => {
    const keys = ring(A);
    keys.learn([B]);
    clock += SETTLE / 2;
    keys.learn([C]);
    expect(keys.signing().id).toBe(idOf(A));
    clock += SETTLE / 2;
    expect(keys.signing().id).toBe(idOf(A));
    expect([A, B, C].every((text) => keys.find(idOf(text)) !== null)).toBe(true);
    clock += SETTLE / 2;
    expect(keys.signing().id).toBe(idOf(C));
    clock += KEEP;
    expect(keys.find(idOf(A))).not.toBeNull();
    clock += SETTLE;
    expect(keys.find(idOf(A))).toBeNull();
  });

  it('keeps the key in use however long rotations follow each other', () => {
    const keys = ring(A);
    for (let turn = 0; turn < 20; turn += 1) {
      keys.learn([secret(`turn ${turn}`)]);
      clock += SETTLE - 1;
      expect(keys.signing().id).toBe(idOf(A));
      expect(keys.find(idOf(A))).not.toBeNull();
    }
  });

  it('drops at once a key that is taken out beside the newest', () => {
    const keys = ring(B, A);
    clock += SETTLE;
    expect(keys.signing().id).toBe(idOf(B));
    keys.learn([B]);
    expect(keys.find(idOf(A))).toBeNull();
  });

  it('does not drop the key in use with it, while the newest has not settled', () => {
    const keys = ring(A);
    keys.learn([B, A]);
    keys.learn([B]);
    expect(keys.signing().id).toBe(idOf(A));
    expect(keys.find(idOf(A))).not.toBeNull();
  });

  it('that starts with several signs with the last until the newest has settled', () => {
    const keys = ring(B, A);
    expect(keys.signing().id).toBe(idOf(A));
    clock += SETTLE;
    expect(keys.signing().id).toBe(idOf(B));
  });

  it('takes back a key that comes again', () => {
    const keys = ring(A);
    keys.learn([B]);
    keys.learn([A]);
    clock += 10 * (SETTLE + KEEP);
    expect(keys.signing().id).toBe(idOf(A));
    expect(keys.find(idOf(B))).toBeNull();
  });

  it('knows the MACs of every key that is good, and of no other', () => {
    const keys = ring(A);
    const made = keys.signing().mac('of this');
    keys.learn([B]);
    clock += SETTLE;
    expect(isMacOf(keys, 'of this', made)).toBe(true);
    expect(isMacOf(keys, 'of this', keys.signing().mac('of this'))).toBe(true);
    expect(isMacOf(keys, 'of that', made)).toBe(false);
    expect(isMacOf(keys, 'of this', made.subarray(1))).toBe(false);
    clock += SETTLE + KEEP;
    expect(isMacOf(keys, 'of this', made)).toBe(false);
  });
});

describe('a signing key', () => {
  it.each([
    ['EdDSA', generateKeyPairSync('ed25519').privateKey],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ])(
    'of %s has the thumbprint of RFC 7638 for its id and publishes no private part',
    async (algorithm, key) => {
      const made = signingKey(pem(key));
      expect(made.algorithm).toBe(algorithm);
      expect(made.id).toBe(await calculateJwkThumbprint(await exportJWK(made.verifies)));
      expect(Object.keys(made.published ?? {})).not.toContain('d');
      expect(made.verifies.type).toBe('public');
    },
  );

  it('that is a secret is never published', () => {
    expect(signingKey(A).published).toBeNull();
    expect(signingKey(A).id).not.toBe(signingKey(B).id);
  });

  it('is refused when it is short, of another kind or broken, without being repeated', () => {
    expect(keyProblem('short')).toContain('at least 32');
    const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
    expect(keyProblem(rsa)).toContain('Ed25519');
    expect(keyProblem(`-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----`)).toBe(
      'its private key cannot be read',
    );
  });
});

describe('JWT_SECRET', () => {
  it('lists keys between commas, the newest first', () => {
    expect(keysIn(`${B.trim()}, ${A.trim()}`)).toEqual([B.trim(), A.trim()]);
    expect(keysIn(null)).toEqual([]);
  });

  it('is one key where a comma belongs to it', () => {
    const text = 'one, two, three: a phrase that is long enough';
    expect(keysIn(text)).toEqual([text]);
  });
});
