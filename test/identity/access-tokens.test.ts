import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTokens } from '../../src/modules/identity/access-token.gateway.ts';
import { createKeyring } from '../../src/secrets/keyring.ts';
import { newId } from '../../src/shared/ids.ts';

const [FIRST, SECOND] = [
  'the first secret of this shop alone',
  'the second secret of this shop alone',
];
const holder = { userId: newId(), sessionId: newId() };
const NOT_VALID = { code: 'unauthenticated', message: 'The access token is not valid.' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function tokensOf(...secrets: string[]) {
  const keyring = createKeyring(secrets, { settleMs: 0, keepMs: 60_000 });
  return {
    keyring,
    tokens: createTokens({ keyring, issuer: 'https://shop.example', ttlSeconds: 900 }),
  };
}

it('a token that was found good is so until its time is over', async () => {
  const { tokens } = tokensOf(FIRST);
  const token = await tokens.issue(holder);
  const lasts = 900_000 - (Date.now() % 1000);
  expect(await tokens.verify(token)).toBe(holder.sessionId);
  vi.advanceTimersByTime(lasts - 1);
  expect(await tokens.verify(token)).toBe(holder.sessionId);
  vi.advanceTimersByTime(1);
  for (let tries = 0; tries < 2; tries += 1)
    await expect(tokens.verify(token)).rejects.toMatchObject({
      message: 'The access token has expired.',
    });
});

it('a token that was found good is so until its key is taken away', async () => {
  const { tokens, keyring } = tokensOf(FIRST);
  const token = await tokens.issue(holder);
  expect(await tokens.verify(token)).toBe(holder.sessionId);
  keyring.learn([SECOND]);
  await tokens.issue(holder);
  vi.advanceTimersByTime(30_000);
  expect(await tokens.verify(token)).toBe(holder.sessionId);
  vi.advanceTimersByTime(31_000);
  await expect(tokens.verify(token)).rejects.toMatchObject(NOT_VALID);
});

it('a token that was altered is none, whatever was found good before', async () => {
  const { tokens } = tokensOf(FIRST);
  const token = await tokens.issue(holder);
  await tokens.verify(token);
  const [header, , signature] = token.split('.');
  const claims = { sid: newId(), sub: holder.userId, exp: 4_000_000_000 };
  const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
  await expect(tokens.verify(`${header}.${forged}.${signature}`)).rejects.toMatchObject(NOT_VALID);
});
