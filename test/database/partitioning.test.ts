import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** What docs/scale.md says of growing tables: the key by which their rows would be parted by time. */
const KEYS = {
  orders: 'id',
  order_items: 'order_id',
  checkout_sessions: 'order_id',
  payments: 'order_id',
  refunds: 'order_id',
  ledger_transactions: 'order_id',
  stock_movements: 'id',
  outbox_events: 'stream_id',
  event_streams: 'id',
  inbox_events: 'event_id',
  activity: 'id',
  trail: 'position',
};

/** Which unique indexes PostgreSQL refuses on a table that is parted by the key. */
async function refused(table: string, key: string): Promise<string[]> {
  const { rows } = await sql<{ name: string; definition: string }>`
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index WHERE indrelid = ${table}::regclass AND indisunique ORDER BY 1`.execute(
    database.db,
  );
  await sql`CREATE TABLE ${sql.id(`parted_${table}`)} (LIKE ${sql.table(table)}) PARTITION BY RANGE (${sql.id(key)})`.execute(
    database.db,
  );
  const names: string[] = [];
  for (const { name, definition } of rows) {
    const [, columns = ''] = definition.split(' USING ');
    try {
      await sql`CREATE UNIQUE INDEX ON ${sql.id(`parted_${table}`)} USING ${sql.raw(columns)}`.execute(
        database.db,
      );
    } catch (error) {
      expect((error as Error).message).toMatch(/must include all partitioning columns/);
      names.push(name);
    }
  }
  return names;
}

it('parted by time, these unique indexes are the ones that another must stand for', async () => {
  const lost: Record<string, string[]> = {};
  for (const [table, key] of Object.entries(KEYS)) {
    const names = await refused(table, key);
    if (names.length > 0) lost[table] = names;
  }
  expect(lost).toEqual({
    orders: ['orders_number_key'],
    checkout_sessions: ['checkout_sessions_pkey', 'checkout_sessions_stripe_session_id_key'],
    payments: ['payments_pkey', 'payments_provider_provider_payment_id_key'],
    refunds: ['refunds_pkey', 'refunds_provider_refund_id_key'],
    ledger_transactions: [
      'ledger_one_capture',
      'ledger_one_end',
      'ledger_one_request',
      'ledger_transactions_pkey',
    ],
    outbox_events: ['outbox_events_pkey'],
    trail: ['trail_id_key'],
  });
});
