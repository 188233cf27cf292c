import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { Broker } from '../../src/events/broker.ts';
import type { CloudEvent, Consumer } from '../../src/events/consumer.ts';
import { createInProcessBroker } from '../../src/events/in-process-broker.ts';
import { nextEvents } from '../../src/events/outbox.repository.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import { createRelay } from '../../src/events/relay.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const logger = createLogger('silent');
const metrics = createMetrics();
const source = 'https://shop.example';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`TRUNCATE outbox_events, event_streams, inbox_events, relay_leases`.execute(database.db);
});

/** A relay to a broker that keeps what it was given; `refuse` says which events it does not take. */
function relayTo(seen: CloudEvent[], refuse: (event: CloudEvent) => boolean = () => false) {
  const broker: Broker = {
    publish: async (events) => {
      const failing = new Set<string>();
      return events.map((one) => {
        if (failing.has(one.partitionkey)) return { kind: 'held' };
        if (refuse(one)) {
          failing.add(one.partitionkey);
          return { kind: 'failed', error: new Error('refused') };
        }
        seen.push(one);
        return { kind: 'arrived' };
      });
    },
    close: async () => {},
  };
  return createRelay({ db: database.db, broker, queue: 'outbox_events', source, logger, metrics });
}

/** A relay to consumers in this process. */
function relayToConsumers(...consumers: Consumer[]) {
  const broker = createInProcessBroker({ db: database.db, logger, metrics }, consumers);
  return createRelay({ db: database.db, broker, queue: 'outbox_events', source, logger, metrics });
}

function record(streamId: string, ...names: ('fulfilled' | 'delivered' | 'expired')[]) {
  return inTransaction(database.db, (tx) =>
    recordEvents(
      tx,
      names.map((name) => event(`order.${name}`, streamId, {})),
    ),
  );
}

async function drain(relay: ReturnType<typeof createRelay>): Promise<void> {
  while ((await relay.round()) > 0);
}

const letWaitingTry = () =>
  sql`UPDATE outbox_events SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL`.execute(
    database.db,
  );

it('how long events took is told by the database’s clock, whatever this machine’s says', async () => {
  const metrics = createMetrics();
  const broker: Broker = {
    publish: async (events) => events.map(() => ({ kind: 'arrived' })),
    close: async () => {},
  };
  const queue = 'outbox_events';
  const relay = createRelay({ db: database.db, broker, queue, source, logger, metrics });
  await record(randomUUID(), 'fulfilled');
  await sql`UPDATE outbox_events SET occurred_at = occurred_at - interval '100 seconds'`.execute(
    database.db,
  );
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 300_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await relay.round()).toBe(1);
  const { values } = await metrics.sending[queue].delay.get();
  const seconds = values.find(({ metricName }) => metricName?.endsWith('_sum'))?.value;
  expect(seconds).toBeGreaterThanOrEqual(100);
  expect(seconds).toBeLessThan(200);
});

describe('the relay', () => {
  it('sends every event on once and in order per stream, whoever writes meanwhile', async () => {
    const seen: CloudEvent[] = [];
    const relay = relayTo(seen);
    const streams = Array.from({ length: 5 }, () => randomUUID());
    const writers = Array.from({ length: 20 }, async (_, writer) => {
      for (let turn = 0; turn < 10; turn += 1)
        await record(streams[(writer + turn) % 5] ?? '', 'fulfilled', 'delivered');
    });
    let writing = true;
    const written = Promise.all(writers).then(() => {
      writing = false;
    });
    while (writing) await relay.round();
    await written;
    await drain(relay);
    expect(seen).toHaveLength(400);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(400);
    for (const stream of streams) {
      const sequences = seen
        .filter((one) => one.partitionkey === stream)
        .map((one) => one.sequence);
      expect(sequences.map(Number)).toEqual(sequences.map((_, index) => index + 1));
    }
  });

  it('is one at a time: a second one sends nothing until the first lets go or goes silent', async () => {
    const first: CloudEvent[] = [];
    const second: CloudEvent[] = [];
    const one = relayTo(first);
    const two = relayTo(second);
    // Longer than the test takes, so that no lease runs out by itself.
    const holdOn = () =>
      sql`UPDATE relay_leases SET held_until = now() + interval '1 minute'`.execute(database.db);
    await record(randomUUID(), 'fulfilled');
    expect(await one.round()).toBe(1);
    await holdOn();
    await record(randomUUID(), 'fulfilled');
    expect(await two.round()).toBe(0);
    // The first one dies: its lease runs out by itself.
    await sql`UPDATE relay_leases SET held_until = now() - interval '1 ms'`.execute(database.db);
    expect(await two.round()).toBe(1);
    await holdOn();
    await record(randomUUID(), 'fulfilled');
    expect(await one.round()).toBe(0);
    await two.release();
    expect(await one.round()).toBe(1);
  });

  it('does not wait for what was noted before the database’s clock was set back', async () => {
    const seen: CloudEvent[] = [];
    let refusing = true;
    const [failing, held] = [randomUUID(), randomUUID()];
    const killed = relayTo([], (one) => refusing && one.partitionkey === failing);
    await record(failing, 'fulfilled');
    await killed.round();
    refusing = false;
    await record(held, 'fulfilled');
    await sql`UPDATE relay_leases SET held_until = held_until + interval '1 hour'`.execute(
      database.db,
    );
    await sql`UPDATE outbox_events SET next_attempt_at = next_attempt_at + interval '1 hour'`.execute(
      database.db,
    );
    await relayTo(seen).round();
    expect(seen.map(({ partitionkey }) => partitionkey)).toEqual([failing, held]);
  });

  it('lets a failing event hold up its own stream alone, and goes on with it where it stopped', async () => {
    const seen: CloudEvent[] = [];
    const sick = randomUUID();
    let refusing = true;
    const relay = relayTo(seen, (one) => refusing && one.partitionkey === sick);
    await record(sick, 'fulfilled', 'delivered');
    const well = randomUUID();
    await record(well, 'fulfilled', 'delivered');
    await relay.round();
    expect(seen.map((one) => one.partitionkey)).toEqual([well, well]);
    // The pause is random and may be over already.
    await sql`UPDATE outbox_events SET next_attempt_at = now() + interval '1 minute' WHERE attempts = 1 AND published_at IS NULL`.execute(
      database.db,
    );
    expect(await relay.round()).toBe(0);
    refusing = false;
    await letWaitingTry();
    await drain(relay);
    expect(seen.slice(2).map(({ type }) => type)).toEqual(['order.fulfilled', 'order.delivered']);
  });

  it('reads what waits once for a round, however much that is and whatever the planner expected', async () => {
    const many = 300;
    const recordMany = () =>
      inTransaction(database.db, (tx) =>
        recordEvents(
          tx,
          Array.from({ length: many }, () => event('order.expired', randomUUID(), {})),
        ),
      );
    await recordMany();
    await drain(relayTo([]));
    // Nothing waits now: so few that the planner would look through them again and again.
    await sql`ANALYZE outbox_events`.execute(database.db);
    await recordMany();
    const read = await inTransaction(database.db, async (tx) => {
      expect(await nextEvents(tx, 'outbox_events', many)).toHaveLength(many);
      const { rows } = await sql<{ rows: number }>`
        SELECT idx_tup_fetch + coalesce(seq_tup_read, 0) AS rows FROM pg_stat_xact_user_tables
        WHERE relname = 'outbox_events'`.execute(tx);
      return rows[0]?.rows;
    });
    expect(read).toBeLessThan(20 * many);
  });

  it('sends on what can be sent while thousands of other streams wait for their next attempts', async () => {
    const many = 20_000;
    // Nothing waits: so few that the planner would compare each with each.
    await sql`ANALYZE outbox_events`.execute(database.db);
    await sql`
      INSERT INTO outbox_events
        (id, stream_id, sequence, aggregate_type, aggregate_id, type, payload, attempts, next_attempt_at)
      SELECT gen_random_uuid(), stream, 1, 'order', stream, 'order.expired', '{}', 1, now() + interval '30 seconds'
      FROM (SELECT gen_random_uuid() AS stream FROM generate_series(1, ${many}::int)) AS failed`.execute(
      database.db,
    );
    await record(randomUUID(), 'fulfilled', 'delivered');
    const seen: CloudEvent[] = [];
    await relayTo(seen).round();
    expect(seen.map(({ type }) => type)).toEqual(['order.fulfilled', 'order.delivered']);
  });

  it('gives an event up after ten attempts, and its stream goes on without it', async () => {
    const seen: CloudEvent[] = [];
    const relay = relayTo(seen, ({ type }) => type === 'order.fulfilled');
    await record(randomUUID(), 'fulfilled', 'delivered');
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await relay.round();
      expect(seen).toEqual([]);
      await letWaitingTry();
    }
    await drain(relay);
    expect(seen.map(({ type }) => type)).toEqual(['order.delivered']);
    const dead = await database.db
      .selectFrom('outbox_events')
      .select(['type', 'attempts', 'last_error'])
      .where('dead_at', 'is not', null)
      .execute();
    expect(dead).toEqual([{ type: 'order.fulfilled', attempts: 10, last_error: 'refused' }]);
  });

  it('leaves no event and no gap where the transaction was rolled back', async () => {
    const stream = randomUUID();
    await record(stream, 'fulfilled');
    await expect(
      inTransaction(database.db, async (tx) => {
        await recordEvents(tx, [event('order.expired', stream, {})]);
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    await record(stream, 'delivered');
    const seen: CloudEvent[] = [];
    await drain(relayTo(seen));
    expect(seen.map(({ type, sequence }) => [type, Number(sequence)])).toEqual([
      ['order.fulfilled', 1],
      ['order.delivered', 2],
    ]);
  });
});

describe('a consumer', () => {
  const applied: string[] = [];
  const consumer: Consumer = {
    name: 'test',
    types: ['order.fulfilled'],
    apply: async (_tx, { id }) => {
      applied.push(id);
    },
  };

  it('gets the types it wants, and each event once when the note that it arrived was lost', async () => {
    await record(randomUUID(), 'fulfilled', 'delivered');
    const relay = relayToConsumers(consumer);
    await relay.round();
    // What a process leaves that dies between applying an event and noting that it was sent on.
    await sql`UPDATE outbox_events SET published_at = NULL`.execute(database.db);
    await relay.round();
    expect(applied).toHaveLength(1);
    const inbox = await database.db.selectFrom('inbox_events').select('consumer').execute();
    expect(inbox).toEqual([{ consumer: 'test' }]);
  });

  it('that fails leaves no note of its inbox, and takes no other consumer’s effect back', async () => {
    const failing: Consumer = {
      name: 'failing',
      types: null,
      apply: () => Promise.reject(new Error('not today')),
    };
    await record(randomUUID(), 'fulfilled');
    await relayToConsumers(consumer, failing).round();
    const inbox = await database.db.selectFrom('inbox_events').select('consumer').execute();
    expect(inbox).toEqual([{ consumer: 'test' }]);
    const [row] = await database.db
      .selectFrom('outbox_events')
      .select(['published_at', 'last_error'])
      .execute();
    expect(row).toEqual({ published_at: null, last_error: 'failing: not today' });
  });
});

describe('an event that an older version writes beside this one', () => {
  it('is numbered by the database, in line with the others of its order', async () => {
    const order = randomUUID();
    await record(order, 'fulfilled');
    await sql`
      INSERT INTO outbox_events (id, aggregate_type, aggregate_id, type, payload)
      VALUES (gen_random_uuid(), 'payment', gen_random_uuid(), 'payment.captured',
        ${JSON.stringify({ orderId: order, amount: { amount: 1, currency: 'USD' } })})`.execute(
      database.db,
    );
    await record(order, 'delivered');
    const seen: CloudEvent[] = [];
    await drain(relayTo(seen));
    expect(seen.map(({ type, sequence }) => [type, Number(sequence)])).toEqual([
      ['order.fulfilled', 1],
      ['payment.captured', 2],
      ['order.delivered', 3],
    ]);
  });
});
