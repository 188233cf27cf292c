import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../docs/decisions');
const text = (file: string) => readFile(join(folder, file), 'utf8');

it('every decision is in the index, under its number, and no number is used twice', async () => {
  const index = await text('README.md');
  const files = (await readdir(folder)).filter((file) => /^\d/.test(file));
  const listed = [...index.matchAll(/^(\d+)\. \[[^\]]+\]\(([^)]+)\)$/gm)];
  expect(listed.map(([, , file]) => file)).toEqual(files.sort());
  expect(new Set(files.map((file) => file.slice(0, 4))).size).toBe(files.length);
  for (const [, number = '', file = ''] of listed) {
    expect(file.slice(0, 4)).toBe(number.padStart(4, '0'));
    const heading = (await text(file)).split('\n', 1)[0];
    expect(heading).toMatch(new RegExp(`^# ${number}\\. `));
  }
});
