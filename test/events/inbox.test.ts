import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CloudEvent, Consumer } from '../../src/events/consumer.ts';
import { newId } from '../../src/shared/ids.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { inProcessDeps, upTo } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await sql`CREATE TABLE effects (event uuid, nth serial)`.execute(database.db);
});
beforeEach(() => sql`TRUNCATE inbox_events, effects`.execute(database.db));
afterAll(() => database.drop());

/** An event of a stream. */
function happened(stream: string = newId(), sequence = 1): CloudEvent {
  return {
    ...{ specversion: '1.0', id: newId(), source: 'https://shop.example.test' },
    ...{ type: 'order.fulfilled', subject: `order/${stream}`, time: new Date().toISOString() },
    ...{ datacontenttype: 'application/json', data: {}, partitionkey: stream },
    sequence: String(sequence).padStart(12, '0'),
  } as CloudEvent;
}

/** A consumer that writes down what it applies. */
function writer(given: Partial<Consumer> = {}): Consumer {
  return {
    ...{ name: 'writer', types: null },
    async apply(tx, { id }) {
      await sql`INSERT INTO effects (event) VALUES (${id})`.execute(tx);
    },
    ...given,
  };
}

async function effects(): Promise<string[]> {
  const { rows } = await sql<{ event: string }>`SELECT event FROM effects ORDER BY nth`.execute(
    database.db,
  );
  return rows.map(({ event }) => event);
}

async function noted(): Promise<{ consumer: string; transaction: string }[]> {
  const { rows } = await sql<{ consumer: string; transaction: string }>`
    SELECT consumer, xmin::text AS transaction FROM inbox_events ORDER BY position`.execute(
    database.db,
  );
  return rows;
}

const publish = (consumers: readonly Consumer[], events: readonly CloudEvent[]) =>
  inProcessDeps(database.db, ...consumers).broker.publish(events);
const kinds = async (answers: ReturnType<typeof publish>) =>
  (await answers).map(({ kind }) => kind);

it('events that come together are applied by all in one transaction, in their order', async () => {
  const events = upTo(50).map(() => happened());
  const consumers = [writer(), writer({ name: 'other', types: ['order.paid'] })];
  expect(new Set(await kinds(publish(consumers, events)))).toEqual(new Set(['arrived']));
  expect(await effects()).toEqual(events.map(({ id }) => id));
  const rows = await noted();
  expect(rows).toHaveLength(50);
  expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(1);
});

it('one of them that cannot be applied holds up its stream alone, and nothing is done twice', async () => {
  const [sick, well] = [newId(), newId()];
  const events = [happened(well), happened(sick), happened(sick, 2), happened(well, 2)];
  const [first, bad, , last] = events.map(({ id }) => id);
  const sound = writer({ name: 'sound' });
  const failing = writer({
    async apply(tx, event) {
      await sound.apply(tx, event);
      if (event.id === bad) throw new Error('not this one');
    },
  });
  expect(await kinds(publish([failing, sound], events))).toEqual([
    ...['arrived', 'failed', 'held', 'arrived'],
  ]);
  expect((await effects()).toSorted()).toEqual([first, first, bad, last, last].toSorted());
});

it('what was applied before, or comes twice at once, is applied once', async () => {
  const [old, twice] = [happened(), happened()];
  await publish([writer()], [old]);
  expect(await kinds(publish([writer()], [old, twice, twice]))).toEqual([
    ...['arrived', 'arrived', 'arrived'],
  ]);
  expect(await effects()).toEqual([old.id, twice.id]);
});

it('a consumer that applies many at once is given them last, and one that came before is not among them', async () => {
  const events = upTo(3).map(() => happened());
  const given: (readonly string[])[] = [];
  const atOnce = writer({
    name: 'at once',
    async applyAll(tx, all) {
      given.push(all.map(({ id }) => id));
      for (const event of all) await atOnce.apply(tx, event);
    },
  });
  await publish([atOnce], events.slice(0, 1));
  await publish([atOnce, writer()], events);
  const [first, ...later] = events.map(({ id }) => id);
  expect(given).toEqual([later]);
  expect(await effects()).toEqual([first, first, ...later, ...later]);
});
