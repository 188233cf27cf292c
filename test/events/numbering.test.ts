import { expect, it, onTestFinished } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../src/database/migrate.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import { newId } from '../../src/shared/ids.ts';
import { createEmptyDatabase } from '../database/support.ts';
import { outbox, record } from './support.ts';

const NUMBERING = '0007-event-streams';

it('events from before streams are numbered by the migration, and new ones go on from there', async () => {
  const database = await createEmptyDatabase();
  onTestFinished(() => database.drop());
  const { db, pool } = database.open();
  await migrateUp(db);
  const isNumbered = async () =>
    (await migrationStatus(db)).some((one) => one.name === NUMBERING && one.appliedAt !== null);
  while (await isNumbered()) await migrateDown(db);

  const [order, other, payment] = [newId(), newId(), newId()];
  const write = (aggregate: string, id: string, type: string, payload: object) =>
    pool.query(
      'INSERT INTO outbox_events (id, aggregate_type, aggregate_id, type, payload) VALUES ($1, $2, $3, $4, $5)',
      [newId(), aggregate, id, type, payload],
    );
  const money = { orderId: order, amount: { amount: 1, currency: 'USD' } };
  await write('order', order, 'order.placed', {});
  await write('order', other, 'order.placed', {});
  await write('payment', payment, 'payment.captured', money);
  await write('order', order, 'order.paid', {});
  await migrateUp(db);
  await record(db, order);

  const rows = await outbox(db);
  expect(rows.map(({ stream_id, sequence, type }) => [stream_id, sequence, type])).toEqual([
    [order, 1, 'order.placed'],
    [other, 1, 'order.placed'],
    [order, 2, 'payment.captured'],
    [order, 3, 'order.paid'],
    [order, 4, 'order.fulfilled'],
  ]);
});

it('events of versions side by side, written at once, have no gap and no double', async () => {
  const database = await createEmptyDatabase();
  onTestFinished(() => database.drop());
  const { db, pool } = database.open();
  await migrateUp(db);
  const order = newId();
  const before = () =>
    pool.query(
      `INSERT INTO outbox_events (id, aggregate_type, aggregate_id, type, payload)
       VALUES ($1, 'order', $2, 'order.expired', '{}')`,
      [newId(), order],
    );
  const now = () =>
    inTransaction(db, (tx) => recordEvents(tx, [event('order.fulfilled', order, {})]));
  await Promise.all(Array.from({ length: 20 }, (_, turn) => (turn % 2 === 0 ? before() : now())));
  const numbers = (await outbox(db)).map(({ sequence }) => sequence);
  expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
  const { last_sequence } = await db
    .selectFrom('event_streams')
    .select('last_sequence')
    .executeTakeFirstOrThrow();
  expect(last_sequence).toBe(20);
});
