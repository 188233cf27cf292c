import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { relyingPartyAt } from '../../src/modules/factors/passkey.model.ts';
import {
  hashRecoveryCode,
  newRecoveryCodes,
  RECOVERY_CODES,
} from '../../src/modules/factors/recovery-code.model.ts';
import { hashSecretToken, newSecretToken } from '../../src/modules/identity/secret-token.model.ts';
import {
  hashApiKey,
  isApiKey,
  NEVER_BY_KEY,
  newApiKey,
} from '../../src/modules/staff/api-key.model.ts';
import { newSecret } from '../../src/modules/webhooks/webhooks.model.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const many = <T>(make: () => T) => Array.from({ length: 200 }, make);

describe('a secret token', () => {
  it('has 256 bits that nobody has had before, and goes into an address as it is', () => {
    const tokens = many(newSecretToken);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('is stored as its SHA-256', () => {
    // FIPS 180-4, example of "abc".
    expect(hashSecretToken('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('an API key', () => {
  it('has 256 bits of its own, and says what it is', () => {
    const keys = many(newApiKey);
    for (const key of keys) expect(key).toMatch(/^mk_live_[\w-]{43}[\da-f]{8}$/);
    expect(new Set(keys.map((key) => key.slice(8, 51))).size).toBe(keys.length);
    expect(keys.every(isApiKey)).toBe(true);
    expect(isApiKey('eyJhbGciOiJIUzI1NiJ9.e30.c2ln')).toBe(false);
    expect(isApiKey('xmk_live_')).toBe(false);
  });

  it('is stored as the SHA-256 of all of it', () => {
    for (const key of many(newApiKey)) expect(hashApiKey(key)).toEqual(sha256(key));
  });

  test.each([
    [
      'mk_live_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA0c2b5986',
      'cb6b5b89dc36df0e6ed32022cc8de3dfaa8f4d8f6afbfd1df7a01396a1248ead',
    ],
    // Its checksum begins with a zero.
    [
      'mk_live_secret-00000000000000000000000000000000001106de0d7e',
      sha256('mk_live_secret-00000000000000000000000000000000001106de0d7e').toString('hex'),
    ],
  ])('that programs have is known by every later version: %s', (key, hash) => {
    expect(hashApiKey(key)?.toString('hex')).toBe(hash);
  });

  it('that was mistyped anywhere is known for it without being looked for', () => {
    const [key = ''] = [newApiKey()];
    const letters = fc.constantFrom(...'ABCXYZabcxyz0189-_');
    fc.assert(
      fc.property(fc.nat(key.length - 1), letters, (at, letter) => {
        const typed = `${key.slice(0, at)}${letter}${key.slice(at + 1)}`;
        if (typed !== key) expect(hashApiKey(typed)).toBeNull();
      }),
    );
    for (const cut of [key.slice(0, -1), key.slice(1), `${key}0`, ` ${key}`, `${key}\n`, ''])
      expect(hashApiKey(cut)).toBeNull();
  });
});

describe('a stolen API key', () => {
  it('lets nobody else in: what makes keys and members is no key’s', () => {
    expect(NEVER_BY_KEY).toBe('staff:write');
  });
});

describe('recovery codes', () => {
  it('are ten, of 80 bits each, in groups of four without letters that look alike', () => {
    const codes = many(newRecoveryCodes);
    for (const ten of codes) expect(ten).toHaveLength(RECOVERY_CODES);
    const all = codes.flat();
    const group = '[0-9a-hjkmnp-tv-z]{4}';
    for (const code of all) expect(code).toMatch(new RegExp(`^${group}(-${group}){3}$`));
    expect(new Set(all).size).toBe(all.length);
    expect(RECOVERY_CODES).toBe(10);
    // Thirty-two letters, each of which comes: five bits a letter, sixteen letters.
    expect(new Set(all.join('').replaceAll('-', '')).size).toBe(32);
  });

  test.each([
    '7k3m-q0xz-9f1t-hw41',
    '7K3M-Q0XZ-9F1T-HW41',
    ' 7k3m q0xz 9f1t hw41 ',
    '7k3mq0xz9f1thw41',
    '7k3m-qoxz-9fit-hw4l',
    '7K3M_QOXZ_9FLT_HW4I',
  ])('are known however they are typed: %s', (typed) => {
    expect(hashRecoveryCode(typed)).toEqual(sha256('7k3mq0xz9f1thw41'));
  });

  it('are told apart by every letter', () => {
    expect(hashRecoveryCode('7k3m-q0xz-9f1t-hw42')).not.toEqual(sha256('7k3mq0xz9f1thw41'));
  });
});

describe('the secret of a webhook endpoint', () => {
  it('has 256 bits, as Standard Webhooks writes them', () => {
    const secrets = many(newSecret);
    for (const secret of secrets) {
      const [, base64 = ''] = /^whsec_([\w+/]+=*)$/.exec(secret) ?? [];
      expect(Buffer.from(base64, 'base64')).toHaveLength(32);
    }
    expect(new Set(secrets).size).toBe(secrets.length);
  });
});

describe('what passkeys are bound to', () => {
  test.each([
    ['https://shop.example', 'shop.example', 'https://shop.example'],
    ['https://shop.example/', 'shop.example', 'https://shop.example'],
    ['http://localhost:5004', 'localhost', 'http://localhost:5004'],
  ])('at %s is %s, asked from %s', (url, id, origin) => {
    expect(relyingPartyAt(url)).toEqual({ id, origin });
  });
});
