import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { columnsOf } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

it('every column of the database stands once in docs/privacy.md, as personal or not', async () => {
  const text = await readFile('docs/privacy.md', 'utf8');
  const rows = text.matchAll(/^\| `(\w+)` +\| ([^|]*)\|/gm);
  const told = [...rows].flatMap(([, table, columns = '']) =>
    [...columns.matchAll(/`(\w+)`/g)].map(([, column]) => `${table}.${column}`),
  );
  expect(told.toSorted()).toEqual((await columnsOf(database)).toSorted());
});
