import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillShop } from '../../src/dev/fill/fill-shop.ts';
import { insertLacking } from '../../src/modules/ledger/ledger.repository.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { rowsRead } from '../support/rows-read.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  const wanted = { products: 20, orders: 6000, append: false };
  await fillShop(database.pool, wanted, () => undefined);
});
afterAll(() => database.drop());

it('what the ledger lacks of the last hours is found without a look at all of it', async () => {
  const { db } = database;
  await sql`
    UPDATE refunds SET updated_at = now() WHERE id IN (SELECT id FROM refunds ORDER BY id LIMIT 3)`.execute(
    db,
  );
  const look = () => rowsRead(db, 'ledger_transactions', (tx) => insertLacking(tx, { hours: 2 }));
  expect(await look()).toBeLessThan(100);
});
