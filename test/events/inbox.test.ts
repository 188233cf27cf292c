import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../src/database/database.ts';
import type { CloudEvent, Consumer } from '../../src/events/consumer.ts';
import { createRelay } from '../../src/events/relay.ts';
import { newId } from '../../src/shared/ids.ts';
import { correlationId, withCorrelation } from '../../src/telemetry/context.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import {
  endPauses,
  forgetEvents,
  inProcessRelay,
  outbox,
  record,
  relayDeps,
  upTo,
} from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await sql`CREATE TABLE effects (
    position bigint GENERATED ALWAYS AS IDENTITY, consumer text, stream_id uuid, sequence bigint
  )`.execute(database.db);
});
beforeEach(async () => {
  await forgetEvents(database.db);
  await sql`TRUNCATE effects`.execute(database.db);
});
afterAll(() => database.drop());

/** A consumer whose effect is a row, unless it is told to fail after it. */
function consumer(name: string, fails: (event: CloudEvent) => boolean = () => false): Consumer {
  return {
    name,
    types: null,
    async apply(tx, event) {
      await sql`INSERT INTO effects (consumer, stream_id, sequence)
        VALUES (${name}, ${event.partitionkey}, ${Number(event.sequence)})`.execute(tx);
      if (fails(event)) throw new Error('cannot do it');
    },
  };
}

/** Sequence numbers of the effects on a stream, in the order in which they happened. */
async function effects(db: Db, name: string, streamId: string): Promise<number[]> {
  const { rows } = await sql<{ sequence: number }>`
    SELECT sequence FROM effects WHERE consumer = ${name} AND stream_id = ${streamId}
    ORDER BY position`.execute(db);
  return rows.map(({ sequence }) => sequence);
}

describe('a consumer in the shop’s process', () => {
  it('is given only the types it wants', async () => {
    const { db } = database;
    const stream = newId();
    const { relay } = inProcessRelay(db, [
      { ...consumer('sent'), types: ['order.fulfilled'] },
      { ...consumer('arrived'), types: ['order.delivered'] },
    ]);
    await record(db, stream);
    await relay.round();
    expect(await effects(db, 'sent', stream)).toEqual([1]);
    expect(await effects(db, 'arrived', stream)).toEqual([]);
  });

  it('works under the correlation id of what caused the event', async () => {
    const { db } = database;
    const ids: (string | null)[] = [];
    const { relay } = inProcessRelay(db, [
      { name: 'listener', types: null, apply: async () => void ids.push(correlationId()) },
    ]);
    await withCorrelation('the-cause', () => record(db));
    await relay.round();
    expect(ids).toEqual(['the-cause']);
  });

  it('applies an event once though it comes again after a crash between publishing and noting it', async () => {
    const { db } = database;
    const stream = newId();
    for (const _ of upTo(3)) await record(db, stream);
    const { broker, relay, metrics } = inProcessRelay(db, [consumer('counter')]);
    const crashing = createRelay(
      relayDeps(db, {
        async publish(events) {
          await broker.publish(events);
          throw new Error('killed before anything was noted');
        },
        async close() {},
      }),
    );
    await expect(crashing.round()).rejects.toThrow('killed');
    await crashing.release();
    expect((await outbox(db)).every(({ published_at }) => published_at === null)).toBe(true);

    await relay.round();
    expect(await effects(db, 'counter', stream)).toEqual([1, 2, 3]);
    expect((await outbox(db)).every(({ published_at }) => published_at !== null)).toBe(true);
    const { values } = await metrics.inboxEvents.get();
    expect(values.map(({ labels, value }) => [labels.outcome, value])).toEqual([
      ['applied', 3],
      ['duplicate', 3],
    ]);
  });

  it('leaves nothing of an effect that failed, and neither other consumers nor other streams wait for it', async () => {
    const { db } = database;
    const [stuck, free] = [newId(), newId()];
    let failing = true;
    const { relay, metrics } = inProcessRelay(db, [
      consumer('fragile', ({ partitionkey }) => failing && partitionkey === stuck),
      consumer('sturdy'),
    ]);
    for (const stream of [stuck, stuck, free]) await record(db, stream);
    await relay.round();
    expect(await effects(db, 'fragile', stuck)).toEqual([]);
    expect(await effects(db, 'sturdy', stuck)).toEqual([1]);
    expect(await effects(db, 'fragile', free)).toEqual([1]);
    expect((await outbox(db))[0]).toMatchObject({ last_error: 'fragile: cannot do it' });

    failing = false;
    await endPauses(db);
    await relay.round();
    expect(await effects(db, 'fragile', stuck)).toEqual([1, 2]);
    expect(await effects(db, 'sturdy', stuck)).toEqual([1, 2]);
    const { values } = await metrics.inboxEvents.get();
    expect(values).toContainEqual({
      labels: { consumer: 'fragile', outcome: 'failed' },
      value: 1,
    });
  });

  it('that keeps failing at one event gets the others of its stream', async () => {
    const { db } = database;
    const stream = newId();
    const { relay } = inProcessRelay(db, [consumer('fragile', ({ sequence }) => +sequence === 2)]);
    for (const _ of upTo(3)) await record(db, stream);
    for (const _ of upTo(11)) {
      await relay.round();
      await endPauses(db);
    }
    expect(await effects(db, 'fragile', stream)).toEqual([1, 3]);
    expect((await outbox(db))[1]).toMatchObject({ attempts: 10, dead_at: expect.any(Date) });
  });

  it('notes what it applied in the order of the stream', async () => {
    const { db } = database;
    const streams = upTo(6).map(() => newId());
    await Promise.all(streams.map((stream) => record(db, stream)));
    for (const stream of streams) for (const _ of upTo(4)) await record(db, stream);
    const { relay } = inProcessRelay(db, [consumer('one'), consumer('two')]);
    await relay.round();
    const rows = await db.selectFrom('inbox_events').selectAll().orderBy('position').execute();
    for (const name of ['one', 'two']) {
      const own = rows.filter((row) => row.consumer === name);
      const byStream = Map.groupBy(own, ({ stream_id }) => stream_id);
      expect([...byStream.values()].map((notes) => notes.map(({ sequence }) => sequence))).toEqual(
        streams.map(() => upTo(5)),
      );
    }
  });
});
