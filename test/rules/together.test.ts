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

it('who asks alone is read for at once; who comes meanwhile with the others, each key once', async () => {
  const { read, rounds } = reader();
  const first = read('a');
  expect(rounds.map(({ keys }) => keys)).toEqual([['a']]);
  const others = ['b', 'none', 'b', 'a'].map(read);
  rounds[0]?.end();
  expect(await first).toBe('a');
  expect(rounds[1]?.keys).toEqual(['b', 'none', 'a']);
  rounds[1]?.end();
  expect(await Promise.all(others)).toEqual(['b', null, 'b', 'a']);
  const later = read('c');
  expect(rounds[2]?.keys).toEqual(['c']);
  rounds[2]?.end();
  expect(await later).toBe('c');
});

it('a failure is told to those who were read for, and to nobody else', async () => {
  const { read, rounds } = reader();
  const first = read('a');
  const second = read('b');
  rounds[0]?.end(new Error('lost'));
  await expect(first).rejects.toThrow('lost');
  rounds[1]?.end();
  expect(await second).toBe('b');
});
