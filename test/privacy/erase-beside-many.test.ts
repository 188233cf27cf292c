import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Db, inTransaction } from '../../src/database/database.ts';
import { eraseBuyers } from '../../src/modules/payments/erase-buyers.service.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const rowsRead = async (db: Db): Promise<number> => {
  const { rows } = await sql<{ rows: number }>`
    SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows
    FROM pg_stat_xact_user_tables WHERE relname = 'webhook_events'`.execute(db);
  return rows[0]?.rows ?? 0;
};

it('a buyer is taken out of their own events without a look at those of others', async () => {
  const { db } = database;
  const orderId = randomUUID();
  await sql`
    INSERT INTO webhook_events (provider, event_id, type, payload, state)
    SELECT 'stripe', 'evt_' || n, 'checkout.session.completed', jsonb_build_object('data', jsonb_build_object('object',
      jsonb_build_object('id', 'cs_' || n, 'customer_email', 'somebody@example.test', 'metadata',
        jsonb_build_object('order_id', CASE WHEN n <= 2 THEN ${orderId} ELSE gen_random_uuid()::text END)))), 'applied'
    FROM generate_series(1, 20000) AS n`.execute(db);
  await sql`ANALYZE webhook_events`.execute(db);
  const read = await inTransaction(db, async (tx) => {
    await eraseBuyers(tx, [orderId]);
    return rowsRead(tx);
  });
  const { rows } = await sql<{ event_id: string }>`
    SELECT event_id FROM webhook_events WHERE buyer_erased_at IS NOT NULL
      AND payload #> '{data,object,customer_email}' IS NULL ORDER BY event_id`.execute(db);
  expect(rows.map(({ event_id }) => event_id)).toEqual(['evt_1', 'evt_2']);
  expect(read).toBeLessThan(100);
});
