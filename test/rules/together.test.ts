import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readTogether } from '../../src/shared/together.ts';

/** What reads by rounds that the test ends; each key is found as itself, but `none` is not. */
function reader() {
  const rounds: { keys: readonly string[]; end: (error?: Error) => void }[] = [];
  const read = readTogether(
    (keys) =>
      new Promise<ReadonlyMap<string, string>>((resolve, reject) => {
        const found = new Map(keys.filter((key) => key !== 'none').map((key) => [key, key]));
        rounds.push({ keys, end: (error) => (error ? reject(error) : resolve(found)) });
      }),
  );
  return { read, rounds };
}

it('who asks in one turn is read for together; who comes meanwhile after that, each key once', async () => {
  const { read, rounds } = reader();
  const first = [read('a'), read('d')];
  await setImmediate();
  expect(rounds.map(({ keys }) => keys)).toEqual([['a', 'd']]);
  const others = ['b', 'none', 'b', 'a'].map(read);
  await setImmediate();
  expect(rounds).toHaveLength(1);
  rounds[0]?.end();
  expect(await Promise.all(first)).toEqual(['a', 'd']);
  await setImmediate();
  expect(rounds[1]?.keys).toEqual(['b', 'none', 'a']);
  rounds[1]?.end();
  expect(await Promise.all(others)).toEqual(['b', null, 'b', 'a']);
  const later = read('c');
  await setImmediate();
  expect(rounds[2]?.keys).toEqual(['c']);
  rounds[2]?.end();
  expect(await later).toBe('c');
});

it('a failure is told to those who were read for, and to nobody else', async () => {
  const { read, rounds } = reader();
  const first = read('a');
  await setImmediate();
  const second = read('b');
  rounds[0]?.end(new Error('lost'));
  await expect(first).rejects.toThrow('lost');
  await setImmediate();
  rounds[1]?.end();
  expect(await second).toBe('b');
});
