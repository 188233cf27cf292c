import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const DOCUMENT = 'docs/security.md';

/** OWASP ASVS 5.0.0: how many requirements of levels 1 and 2 each section has, numbered from one. */
const requirements: Record<string, number> = {
  ...{ '1.1': 2, '1.2': 9, '1.3': 11, '1.4': 3, '1.5': 2, '2.1': 3, '2.2': 3, '2.3': 4, '2.4': 1 },
  ...{ '3.2': 2, '3.3': 4, '3.4': 6, '3.5': 5, '3.7': 2, '4.1': 3, '4.2': 1, '4.3': 2, '4.4': 4 },
  ...{ '5.1': 1, '5.2': 3, '5.3': 2, '5.4': 3, '6.1': 3, '6.2': 12, '6.3': 4, '6.4': 4, '6.5': 5 },
  ...{ '6.6': 3, '6.8': 4, '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 2, '7.6': 2, '8.1': 2 },
  ...{ '8.2': 3, '8.3': 1, '8.4': 1, '9.1': 3, '9.2': 4, '10.1': 2, '10.2': 2, '10.3': 4 },
  ...{ '10.4': 11, '10.5': 5, '10.6': 2, '10.7': 3, '11.1': 2, '11.2': 3, '11.3': 3, '11.4': 4 },
  ...{ '11.5': 1, '11.6': 1, '12.1': 3, '12.2': 2, '12.3': 4, '13.1': 1, '13.2': 5, '13.3': 2 },
  ...{ '13.4': 5, '14.1': 2, '14.2': 4, '14.3': 3, '15.1': 3, '15.2': 3, '15.3': 7, '16.1': 1 },
  ...{ '16.2': 5, '16.3': 4, '16.4': 3, '16.5': 3, '17.1': 1, '17.2': 4, '17.3': 2 },
};

/** `1.2.6–8, 4.4.1` → 1.2.6, 1.2.7, 1.2.8, 4.4.1. */
function idsOf(cell: string): string[] {
  return cell.split(',').flatMap((part) => {
    const found = /^(\d+\.\d+)\.(\d+)(?:–(\d+))?$/.exec(part.trim());
    if (found === null) return [];
    const [, section, first, last = first] = found;
    const count = Number(last) - Number(first) + 1;
    return Array.from({ length: count }, (_, index) => `${section}.${Number(first) + index}`);
  });
}

test('the checklist has one line for every requirement of levels 1 and 2, and each says what holds it', async () => {
  const text = await readFile(DOCUMENT, 'utf8');
  const rows = text.split('\n').filter((line) => /^\| \d+\.\d+\.\d+/.test(line));
  const listed = rows.flatMap((row) => idsOf(row.split('|')[1] ?? ''));
  const asked = Object.entries(requirements).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
  );
  expect(listed.toSorted()).toEqual(asked.toSorted());
  for (const row of rows) expect(row.split('|')[2]?.trim()).not.toBe('');
});

test('every file that the checklist names is there', async () => {
  const text = await readFile(DOCUMENT, 'utf8');
  const linked = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
  const missing = linked.filter((link) => !existsSync(join(dirname(DOCUMENT), link)));
  expect(linked.length).toBeGreaterThan(50);
  expect(missing).toEqual([]);
});
