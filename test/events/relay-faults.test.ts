import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { Consumer } from '../../src/events/consumer.ts';
import { revive } from '../../src/events/event-log.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import { createRelay, RELAY_BATCH, startRelay } from '../../src/events/relay.ts';
import { runChecks } from '../../src/modules/audit/audit.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { correlationId, withCorrelation } from '../../src/telemetry/context.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import {
  endPauses,
  forgetEvents,
  inProcessDeps,
  outbox,
  record,
  recorder,
  relayDeps,
  sequences,
  upTo,
} from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
beforeEach(() => forgetEvents(database.db));
afterAll(() => database.drop());

/** The sequence numbers of a stream that a consumer applied, in the order in which it did. */
async function applied(consumer: string, streamId: string): Promise<number[]> {
  const rows = await database.db
    .selectFrom('inbox_events')
    .select('sequence')
    .where('consumer', '=', consumer)
    .where('stream_id', '=', streamId)
    .orderBy('position')
    .execute();
  return rows.map(({ sequence }) => sequence);
}

/** A consumer of everything that does what it is told. */
function consumer(name: string, apply: Consumer['apply'] = async () => {}): Consumer {
  return { name, types: null, apply };
}

/** Rounds until an event has been tried as often as it ever is. */
async function tryToTheEnd(relay: ReturnType<typeof createRelay>): Promise<void> {
  for (const _ of upTo(11)) {
    await relay.round();
    await endPauses(database.db);
  }
}

describe('the leader of the relay', () => {
  it('keeps its lease through a round that lasts longer than the lease', async () => {
    const { db } = database;
    await record(db);
    const heldUntil = async () =>
      (await db.selectFrom('relay_leases').select('held_until').executeTakeFirstOrThrow())
        .held_until;
    const relay = createRelay(
      relayDeps(db, async (events) => {
        const before = await heldUntil();
        await until(async () => (await heldUntil()) > before, { what: 'a longer lease' });
        return events.map(() => ({ kind: 'arrived' }));
      }),
    );
    expect(await relay.round()).toBe(1);
  });

  it('only repeats what another one published while it stood still', async () => {
    const { db } = database;
    const stream = newId();
    await record(db, stream, 3);
    const other = recorder();
    const successor = createRelay(relayDeps(db, other.publish));
    const paused = createRelay(
      relayDeps(db, async (events) => {
        await sql`UPDATE relay_leases SET held_until = now() - interval '1 ms'`.execute(db);
        await successor.round();
        return events.map(() => ({ kind: 'failed', error: new Error('woke up too late') }));
      }),
    );
    await paused.round();
    expect(sequences(other.published)).toEqual(new Map([[stream, [1, 2, 3]]]));
    for (const row of await outbox(db))
      expect(row).toMatchObject({ published_at: expect.any(Date), dead_at: null });
    await record(db, stream);
    await paused.round();
    await successor.round();
    expect(sequences(other.published).get(stream)).toEqual([1, 2, 3, 4]);
  });

  it('that wakes up leaves the tenth attempt of another as it is', async () => {
    const { db } = database;
    await record(db);
    const dead = new Date('2026-01-01T00:00:00Z');
    const paused = createRelay(
      relayDeps(db, async (events) => {
        await db.updateTable('outbox_events').set({ attempts: 10, dead_at: dead }).execute();
        return events.map(() => ({ kind: 'failed', error: new Error('woke up too late') }));
      }),
    );
    await paused.round();
    expect((await outbox(db))[0]).toMatchObject({ attempts: 10, dead_at: dead });
  });

  it('that wakes up and did publish an event leaves nobody to think that it was given up on', async () => {
    const { db } = database;
    await record(db);
    const paused = createRelay(
      relayDeps(db, async (events) => {
        await db.updateTable('outbox_events').set({ attempts: 10, dead_at: new Date() }).execute();
        return events.map(() => ({ kind: 'arrived' }));
      }),
    );
    await paused.round();
    expect((await outbox(db))[0]).toMatchObject({ published_at: expect.any(Date), dead_at: null });
  });
});

describe('a relay that runs', () => {
  it('stops after the round under way, however much waits, and leaves the lease to others', async () => {
    const { db } = database;
    const streams = upTo(3 * RELAY_BATCH).map(() => event('order.expired', newId(), {}));
    await inTransaction(db, (tx) => recordEvents(tx, streams));
    const first = recorder();
    let stopped: Promise<void> | undefined;
    const relay = startRelay(
      relayDeps(db, async (events) => {
        stopped ??= relay.stop();
        return first.publish(events);
      }),
    );
    await until(() => stopped !== undefined);
    await stopped;
    expect(first.published).toHaveLength(RELAY_BATCH);
    const second = recorder();
    expect(await createRelay(relayDeps(db, second.publish)).round()).toBe(RELAY_BATCH);
  });

  it('goes on by itself after the broker was away', async () => {
    const { db } = database;
    await record(db);
    const { publish, published } = recorder();
    let tries = 0;
    const relay = startRelay(
      relayDeps(db, async (events) => {
        tries += 1;
        if (tries < 3) throw new Error('no broker');
        return publish(events);
      }),
    );
    await until(() => published.length === 1);
    await relay.stop();
    expect(tries).toBe(3);
  });

  it('beside another publishes nothing twice, and each stream in order', async () => {
    const { db } = database;
    const { publish, published } = recorder();
    const relays = upTo(2).map(() => startRelay(relayDeps(db, publish)));
    const streams = upTo(4).map(() => newId());
    await Promise.all(
      streams.map(async (stream) => {
        for (const _ of upTo(20)) await record(db, stream);
      }),
    );
    await until(() => published.length >= 80);
    await Promise.all(relays.map((relay) => relay.stop()));
    expect(published).toHaveLength(80);
    for (const stream of streams) expect(sequences(published).get(stream)).toEqual(upTo(20));
  });
});

describe('the order of a stream', () => {
  it('is that of its sequence where an older version took positions in another order', async () => {
    const { db } = database;
    const stream = newId();
    const { publish, published } = recorder();
    for (const sequence of [2, 1])
      await sql`INSERT INTO outbox_events (id, stream_id, sequence, aggregate_type, aggregate_id, type, payload)
        VALUES (${newId()}, ${stream}, ${sequence}, 'order', ${stream}, 'order.fulfilled', '{}')`.execute(
        db,
      );
    await createRelay(relayDeps(db, publish)).round();
    expect(sequences(published).get(stream)).toEqual([1, 2]);
  });
});

describe('a failing event', () => {
  it('is tried again after random pauses that grow to a minute', async () => {
    const { db } = database;
    const relay = createRelay(relayDeps(db, recorder(() => true).publish));
    for (const _ of upTo(30)) await record(db);
    // A pause begins between these two, however long the round takes.
    const longest: { fromStart: number; fromEnd: number }[] = [];
    for (const _ of upTo(9)) {
      const start = Date.now();
      await relay.round();
      const end = Date.now();
      const next = (await outbox(db)).map((row) => Number(row.next_attempt_at));
      longest.push({ fromStart: Math.max(...next) - start, fromEnd: Math.max(...next) - end });
      expect(new Set(next).size).toBeGreaterThan(1);
      await endPauses(db);
    }
    expect(longest[0]?.fromEnd).toBeLessThan(200);
    expect(longest[8]?.fromStart).toBeGreaterThan(10_000);
    expect(longest[8]?.fromEnd).toBeLessThan(60_000);
  });

  it('is counted as no attempt while the broker cannot be reached', async () => {
    const { db } = database;
    await record(db);
    const relay = createRelay(relayDeps(db, () => Promise.reject(new Error('no broker'))));
    await expect(relay.round()).rejects.toThrow('no broker');
    expect((await outbox(db))[0]).toMatchObject({ attempts: 0, published_at: null });
  });

  it('whose error PostgreSQL cannot store as it is holds up nothing else', async () => {
    const { db } = database;
    const [bad, good] = [newId(), newId()];
    await record(db, bad);
    await record(db, good);
    const deps = inProcessDeps(
      db,
      consumer('picky', async (_tx, { partitionkey }) => {
        if (partitionkey === bad) throw new Error(`\0${'x'.repeat(100_000)}`);
      }),
    );
    await createRelay(deps).round();
    expect(await applied('picky', good)).toEqual([1]);
    const [row] = await outbox(db);
    expect(row).toMatchObject({ attempts: 1, published_at: null });
    expect(row?.last_error?.length).toBeLessThan(2000);
  });

  it('that always takes too long for the database is given up on like any other, and holds up its stream alone', async () => {
    const { db } = database;
    const [slow, quick] = [newId(), newId()];
    await record(db, slow);
    await record(db, quick);
    const deps = inProcessDeps(
      db,
      consumer('slow', async (tx, { partitionkey }) => {
        if (partitionkey !== slow) return;
        await sql`SET LOCAL statement_timeout = 1`.execute(tx);
        await sql`SELECT pg_sleep(5)`.execute(tx);
      }),
    );
    const relay = createRelay(deps);
    await tryToTheEnd(relay);
    expect(await applied('slow', quick)).toEqual([1]);
    expect((await outbox(db))[0]).toMatchObject({ attempts: 10, dead_at: expect.any(Date) });
  });

  it('that one consumer cannot apply reaches the others all the same', async () => {
    const { db } = database;
    const stream = newId();
    await record(db, stream, 2);
    const broken = consumer('broken', async (_tx, { sequence }) => {
      if (Number(sequence) === 1) throw new Error('cannot do it');
    });
    await tryToTheEnd(createRelay(inProcessDeps(db, broken, consumer('sound'))));
    expect(await applied('broken', stream)).toEqual([2]);
    expect(await applied('sound', stream)).toEqual([1, 2]);
    expect((await outbox(db))[0]).toMatchObject({ last_error: 'broken: cannot do it' });
  });

  it('that is sent again once it was given up on, and fails again, is given up on at once', async () => {
    const { db } = database;
    await record(db);
    const relay = createRelay(relayDeps(db, recorder(() => true).publish));
    await tryToTheEnd(relay);
    await revive(db, (await outbox(db))[0]?.id ?? '');
    expect((await outbox(db))[0]).toMatchObject({ attempts: 10, dead_at: null });
    await relay.round();
    expect((await outbox(db))[0]).toMatchObject({ attempts: 11, dead_at: expect.any(Date) });
  });

  it('that is sent again is applied out of its turn, which the audit understands at every moment', async () => {
    const { db } = database;
    const stream = newId();
    await record(db, stream, 2);
    let broken = true;
    const deps = inProcessDeps(
      db,
      consumer('mended', async (_tx, { sequence }) => {
        if (broken && Number(sequence) === 1) throw new Error('cannot do it');
      }),
    );
    const relay = createRelay(deps);
    await tryToTheEnd(relay);
    const id = (await outbox(db))[0]?.id ?? '';
    const disordered = async () =>
      (await inTransaction(db, runChecks)).find(({ name }) => name === 'events-applied-in-order');

    broken = false;
    await revive(db, id);
    // The process dies after the consumer applied it and before the outbox knows.
    const dying = createRelay(
      relayDeps(db, async (events) => {
        await deps.broker.publish(events);
        throw new Error('killed');
      }),
    );
    await relay.release();
    await expect(dying.round()).rejects.toThrow('killed');
    await dying.release();
    expect(await applied('mended', stream)).toEqual([2, 1]);
    expect(await disordered()).toMatchObject({ count: 0 });
    await relay.round();
    expect((await outbox(db))[0]).toMatchObject({ published_at: expect.any(Date), dead_at: null });
    expect(await disordered()).toMatchObject({ count: 0 });
    await expect(revive(db, id)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a consumer', () => {
  it('works under the correlation id of what caused the event', async () => {
    const { db } = database;
    const heard: (string | null)[] = [];
    await withCorrelation('the-cause', () =>
      inTransaction(db, (tx) => recordEvents(tx, [event('order.expired', newId(), {})])),
    );
    const listener = consumer('listener', async () => void heard.push(correlationId()));
    await createRelay(inProcessDeps(db, listener)).round();
    expect(heard).toEqual(['the-cause']);
  });
});
