import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eraseBuyers } from '../../src/modules/payments/erase-buyers.service.ts';
import { exportPerson } from '../../src/modules/privacy/export.service.ts';
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

it('what is held of somebody is written in parts, which make one document', async () => {
  const { db } = database;
  const id = randomUUID();
  // With all that ends a line in one language or another.
  const userAgent = 'a "browser"\r\nof\u2028many\u2029lines';
  await sql`INSERT INTO users (id, email, name, password_hash) VALUES (${id}, 'many@example.test', 'Ada', 'x')`.execute(
    db,
  );
  await sql`
    INSERT INTO sessions (id, user_id, kind, user_agent, expires_at)
    SELECT gen_random_uuid(), ${id}, 'api', ${userAgent}, now() FROM generate_series(1, 1234)`.execute(
    db,
  );
  const parts: string[] = [];
  for await (const part of await exportPerson(db, id)) parts.push(part);
  const data = JSON.parse(parts.join(''));
  expect(parts.join('')).toBe(JSON.stringify(data, null, 2));
  expect([data.profile.name, data.sessions.length, data.acts.length]).toEqual(['Ada', 1234, 1]);
  expect(data.sessions[0].userAgent).toBe(userAgent);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(100_000);
});
