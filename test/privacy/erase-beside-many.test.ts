import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eraseBuyers } from '../../src/modules/payments/erase-buyers.service.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { rowsRead } from '../support/rows-read.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

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
  const read = await rowsRead(db, 'webhook_events', (tx) => eraseBuyers(tx, [orderId]));
  const { rows } = await sql<{ event_id: string }>`
    SELECT event_id FROM webhook_events WHERE buyer_erased_at IS NOT NULL
      AND payload #> '{data,object,customer_email}' IS NULL ORDER BY event_id`.execute(db);
  expect(rows.map(({ event_id }) => event_id)).toEqual(['evt_1', 'evt_2']);
  expect(read).toBeLessThan(100);
});
