import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { CloudEvent } from '../../src/events/consumer.ts';
import { sendAgain } from '../../src/events/outbox.repository.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import { createRelay, startRelay } from '../../src/events/relay.ts';
import { newId } from '../../src/shared/ids.ts';
import { withCorrelation } from '../../src/telemetry/context.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import {
  endLease,
  endPauses,
  forgetEvents,
  outbox,
  record,
  recordingBroker,
  relayDeps,
  SOURCE,
  sequencesByStream,
  upTo,
} from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
beforeEach(() => forgetEvents(database.db));
afterAll(() => database.drop());

describe('the relay', () => {
  it('publishes an event as a CloudEvent', async () => {
    const { db } = database;
    const { broker, published } = recordingBroker();
    const orderId = newId();
    const paymentId = newId();
    const amount = { amount: 1999, currency: 'USD' };
    await withCorrelation('a-request', () =>
      inTransaction(db, (tx) =>
        recordEvents(tx, [event('payment.captured', paymentId, { orderId, amount })]),
      ),
    );
    await createRelay(relayDeps(db, broker)).round();
    const [row] = await outbox(db);
    expect(published).toEqual([
      {
        specversion: '1.0',
        id: row?.id,
        source: SOURCE,
        type: 'payment.captured',
        subject: `payment/${paymentId}`,
        time: row?.occurred_at.toISOString(),
        datacontenttype: 'application/json',
        data: { orderId, amount },
        partitionkey: orderId,
        sequence: '0000000000000001',
        correlationid: 'a-request',
      },
    ]);
  });

  it('publishes each event once, in the order of its stream, while many write', async () => {
    const { db } = database;
    const { broker, published } = recordingBroker();
    const deps = relayDeps(db, broker);
    const relay = startRelay(deps);
    const streams = upTo(5).map(() => newId());
    await Promise.all(
      upTo(10).map(async () => {
        for (const stream of [...streams, ...streams]) await record(db, stream);
      }),
    );
    await until(async () => published.length >= 100);
    await relay.stop();
    expect(sequencesByStream(published)).toEqual(
      new Map([...sequencesByStream(published).keys()].map((stream) => [stream, upTo(20)])),
    );
    expect(published).toHaveLength(100);
    expect((await outbox(db)).every(({ published_at }) => published_at !== null)).toBe(true);
    expect((await deps.metrics.outboxPublished.get()).values[0]?.value).toBe(100);
  });

  it('keeps the order of a stream whose positions are not in the order of its sequence', async () => {
    const { db } = database;
    const { broker, published } = recordingBroker();
    const stream = newId();
    for (const sequence of [2, 1])
      await db
        .insertInto('outbox_events')
        .values({
          id: newId(),
          stream_id: stream,
          sequence,
          aggregate_type: 'order',
          aggregate_id: stream,
          type: 'order.fulfilled',
          payload: '{}',
          correlation_id: null,
        })
        .execute();
    await createRelay(relayDeps(db, broker)).round();
    expect(sequencesByStream(published)).toEqual(new Map([[stream, [1, 2]]]));
  });

  it('lets one instance work at a time, and the next as soon as that one stops', async () => {
    const { db } = database;
    const first = recordingBroker();
    const second = recordingBroker();
    const leader = createRelay(relayDeps(db, first.broker));
    const standby = startRelay(relayDeps(db, second.broker));
    await record(db);
    await until(async () => second.published.length === 1);
    await record(db);
    await leader.round();
    expect(first.published).toEqual([]);

    await standby.stop();
    await record(db);
    await leader.round();
    expect(first.published).not.toEqual([]);
    expect(first.published.length + second.published.length).toBe(3);
  });

  it('keeps order and publishes nothing twice while two instances run', async () => {
    const { db } = database;
    const { broker, published } = recordingBroker();
    const relays = [startRelay(relayDeps(db, broker)), startRelay(relayDeps(db, broker))];
    const streams = upTo(4).map(() => newId());
    await Promise.all(
      streams.map(async (stream) => {
        for (const _ of upTo(20)) await record(db, stream);
      }),
    );
    await until(async () => published.length >= 80);
    await Promise.all(relays.map((relay) => relay.stop()));
    expect(sequencesByStream(published)).toEqual(
      new Map([...sequencesByStream(published).keys()].map((stream) => [stream, upTo(20)])),
    );
    expect(published).toHaveLength(80);
  });

  it('is taken over once its lease has lapsed, and a leader that wakes up only repeats', async () => {
    const { db } = database;
    const stream = newId();
    for (const _ of upTo(3)) await record(db, stream);
    const seen: CloudEvent[] = [];
    const other = recordingBroker();
    const successor = createRelay(relayDeps(db, other.broker));
    const paused = createRelay(
      relayDeps(db, {
        // The first leader stands still with its batch in hand until another one has published it.
        async publish(events) {
          await successor.round();
          expect(other.published).toEqual([]);
          await endLease(db);
          await successor.round();
          seen.push(...other.published, ...events);
          return events.map(() => ({ kind: 'arrived' }));
        },
        async close() {},
      }),
    );
    await paused.round();
    expect(sequencesByStream(seen)).toEqual(new Map([[stream, [1, 2, 3, 1, 2, 3]]]));

    await record(db, stream);
    await paused.round();
    await successor.round();
    expect(sequencesByStream(other.published)).toEqual(new Map([[stream, [1, 2, 3, 4]]]));
  });

  it('keeps its lease through a round that lasts longer', { timeout: 40_000 }, async () => {
    const { db } = database;
    await record(db);
    const lengths: number[] = [];
    const leader = createRelay(
      relayDeps(db, {
        async publish(events) {
          const heldUntil = async () =>
            (await db.selectFrom('relay_leases').select('held_until').executeTakeFirstOrThrow())
              .held_until;
          const before = await heldUntil();
          await until(async () => (await heldUntil()) > before, { what: 'another lease' });
          lengths.push(events.length);
          return events.map(() => ({ kind: 'arrived' }));
        },
        async close() {},
      }),
    );
    await leader.round();
    expect(lengths).toEqual([1]);
  });

  it('counts no attempt against events while the broker cannot be reached', async () => {
    const { db } = database;
    await record(db);
    let reachable = false;
    const { broker, published } = recordingBroker();
    const relay = startRelay(
      relayDeps(db, {
        async publish(events) {
          if (!reachable) {
            reachable = true;
            throw new Error('no broker');
          }
          return broker.publish(events);
        },
        async close() {},
      }),
    );
    await until(() => published.length === 1);
    await relay.stop();
    expect(await outbox(db)).toEqual([
      expect.objectContaining({ attempts: 0, last_error: null, published_at: expect.any(Date) }),
    ]);
  });
});

describe('an event that cannot be published', () => {
  it('holds its own stream only, and is tried again after a pause', async () => {
    const { db } = database;
    const stuck = newId();
    let refusing = true;
    const { broker, published } = recordingBroker(
      ({ partitionkey }) => refusing && partitionkey === stuck,
    );
    const relay = createRelay(relayDeps(db, broker));
    await record(db, stuck);
    await record(db, stuck);
    await record(db);
    await relay.round();
    expect(published.map(({ partitionkey }) => partitionkey)).not.toContain(stuck);
    expect(published).toHaveLength(1);
    const [first, second] = await outbox(db);
    expect(first).toMatchObject({ attempts: 1, last_error: 'refused', published_at: null });
    expect(second).toMatchObject({ attempts: 0, published_at: null, next_attempt_at: null });

    refusing = false;
    await db
      .updateTable('outbox_events')
      .set({ next_attempt_at: new Date(Date.now() + 60_000) })
      .where('next_attempt_at', 'is not', null)
      .execute();
    await relay.round();
    expect(published).toHaveLength(1);
    await endPauses(db);
    await relay.round();
    expect(sequencesByStream(published).get(stuck)).toEqual([1, 2]);
  });

  it('waits longer each time, at random, up to a minute', async () => {
    const { db } = database;
    const { broker } = recordingBroker(() => true);
    const relay = createRelay(relayDeps(db, broker));
    for (const _ of upTo(30)) await record(db);
    const longest: number[] = [];
    for (const _ of upTo(9)) {
      const before = Date.now();
      await relay.round();
      const pauses = (await outbox(db)).map(
        ({ next_attempt_at }) => (next_attempt_at?.getTime() ?? 0) - before,
      );
      longest.push(Math.max(...pauses));
      expect(Math.min(...pauses)).toBeLessThan(Math.max(...pauses));
      await endPauses(db);
    }
    const [first = 0, , , , , , , , ninth = 0] = longest;
    expect(first).toBeLessThan(200 + 2000);
    expect(ninth).toBeGreaterThan(10_000);
    expect(ninth).toBeLessThan(60_000 + 2000);
  });

  it('is given up on after ten attempts while its stream goes on, and can be sent again', async () => {
    const { db } = database;
    let refusing = true;
    const { broker, published } = recordingBroker(({ sequence }) => refusing && +sequence === 1);
    const deps = relayDeps(db, broker);
    const relay = createRelay(deps);
    const stream = newId();
    await record(db, stream);
    await record(db, stream);
    for (const _ of upTo(9)) {
      await relay.round();
      await endPauses(db);
    }
    expect((await outbox(db))[0]).toMatchObject({ attempts: 9, dead_at: null });
    expect(published).toEqual([]);

    await relay.round();
    await relay.round();
    const [dead] = await outbox(db);
    expect(dead).toMatchObject({ attempts: 10, dead_at: expect.any(Date), published_at: null });
    expect(sequencesByStream(published)).toEqual(new Map([[stream, [2]]]));
    expect((await deps.metrics.outboxFailures.get()).values[0]?.value).toBe(10);

    const id = dead?.id ?? '';
    expect(await sendAgain(db, id)).toBe(true);
    await relay.round();
    expect((await outbox(db))[0]).toMatchObject({ attempts: 11, dead_at: expect.any(Date) });
    refusing = false;
    expect(await sendAgain(db, id)).toBe(true);
    await relay.round();
    expect((await outbox(db))[0]).toMatchObject({ dead_at: null, published_at: expect.any(Date) });
    expect(sequencesByStream(published)).toEqual(new Map([[stream, [2, 1]]]));
    expect(await sendAgain(db, id)).toBe(false);
  });
});
