import { expect, test } from 'vitest';
import { createSealer } from '../../src/secrets/sealer.ts';

const secret = Buffer.from('a small secret');
const [first, second] = [
  'the first key, long and random 000',
  'the second key, long and random 00',
];

test('what is sealed opens with its key, also once that is no longer the newest', () => {
  const sealed = createSealer([first]).seal(secret, 'ada');
  expect(sealed.includes(secret)).toBe(false);
  expect(createSealer([second, first]).open(sealed, 'ada')).toEqual(secret);
  expect(() => createSealer([second]).open(sealed, 'ada')).toThrow('SEALING_KEY');
});

test('what is moved to another row or altered does not open', () => {
  const sealed = createSealer([first]).seal(secret, 'ada');
  expect(() => createSealer([first]).open(sealed, 'eve')).toThrow('does not open');
  const altered = Buffer.from(sealed);
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  expect(() => createSealer([first]).open(altered, 'ada')).toThrow('does not open');
});

test('two seals of one secret look nothing alike', () => {
  const sealer = createSealer([first]);
  expect(sealer.seal(secret, 'ada')).not.toEqual(sealer.seal(secret, 'ada'));
});

test('what was kept without a key still opens once there is one', () => {
  expect(createSealer([first]).open(createSealer([]).seal(secret, 'ada'), 'ada')).toEqual(secret);
});
