import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDb, type Db, inTransaction } from '../../src/database/database.ts';
import { LostRace } from '../../src/database/failures.ts';
import { createPool } from '../../src/database/pool.ts';
import { type InTx, inFewTrips, together } from '../../src/database/together.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let shop: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  shop = await createDatabase();
  await sql`CREATE TABLE notes (text text PRIMARY KEY)`.execute(shop.db);
});
beforeEach(async () => {
  await sql`DELETE FROM notes`.execute(shop.db);
});
afterAll(() => shop.drop());

const note = (at: InTx, text: string) => sql`INSERT INTO notes VALUES (${text})`.execute(at);
const notes = async (at: Db | InTx) => {
  const { rows } = await sql<{ text: string }>`SELECT text FROM notes ORDER BY text`.execute(at);
  return rows.map(({ text }) => text);
};

it('each statement sees what those before it did, and is answered for itself', async () => {
  const [, first, , second] = await inTransaction(shop.db, (tx) =>
    together(tx, (at) => [note(at, 'one'), notes(at), note(at, 'two'), notes(at)]),
  );
  expect(first).toEqual(['one']);
  expect(second).toEqual(['one', 'two']);
});

it('where one fails nothing of the transaction happened, and its own failure is told', async () => {
  const failing = inTransaction(shop.db, (tx) =>
    together(tx, (at) => [note(at, 'one'), note(at, 'one'), note(at, 'two')]),
  );
  await expect(failing).rejects.toThrow('duplicate key');
  expect(await notes(shop.db)).toEqual([]);
});

it('where one fails by itself, nothing of the others is sent after the rollback', async () => {
  // On one connection, so that whatever was sent is done before the notes are read.
  const db = createDb(createPool(shop.url, { max: 1, logger: createLogger('silent') }));
  const failing = inTransaction(db, (tx) =>
    together(tx, (at) => [
      Promise.reject(new Error('the first')),
      note(at, 'one').then(() => note(at, 'two')),
      // Holds up the answer to a rollback that comes too early.
      sql`SELECT pg_sleep(0.3)`.execute(at),
    ]),
  );
  await expect(failing).rejects.toThrow('the first');
  expect(await notes(db)).toEqual([]);
  await db.destroy();
});

it('all are sent before the first is answered', async () => {
  const { wire, db, holder, close } = await watched();
  await holder.query('SELECT pg_advisory_lock(7)');
  const working = inTransaction(db, (tx) =>
    together(tx, (at) => [
      sql`SELECT pg_advisory_lock(7)`.execute(at),
      note(at, 'the second'),
      note(at, 'the third'),
    ]),
  );
  await until(() => wire.sent().includes('the third'), { what: 'the last statement on the wire' });
  await holder.end();
  await working;
  expect(await notes(db)).toEqual(['the second', 'the third']);
  await close();
});

it('what is sent together leaves in one write', async () => {
  const pool = createPool(shop.url, { max: 1, logger: createLogger('silent') });
  const db = createDb(pool);
  const sent = Promise.withResolvers<() => number>();
  pool.on('connect', ({ connection: { stream } }) => {
    const writes = [vi.spyOn(stream, '_write'), vi.spyOn(stream, '_writev')];
    sent.resolve(() => writes.reduce((sum, { mock }) => sum + mock.calls.length, 0));
  });
  await inFewTrips(db, async (tx) => {
    await together(tx, (at) => [notes(at), notes(at), notes(at)]);
    await together(tx, (at) => [note(at, 'one'), note(at, 'two')], { last: true });
  });
  // What is read with BEGIN, what is written, and COMMIT.
  expect((await sent.promise)()).toBe(3);
  expect(await notes(db)).toEqual(['one', 'two']);
  await db.destroy();
});

describe('a transaction of few trips', () => {
  const last = { last: true };

  it('begins with its first statements and commits with its last, without an answer in between', async () => {
    const { wire, db, holder, close } = await watched();
    await holder.query('SELECT pg_advisory_lock(7), pg_advisory_lock(8)');
    const working = inFewTrips(db, async (tx) => {
      await together(tx, (at) => [sql`SELECT pg_advisory_xact_lock(7)`.execute(at), notes(at)]);
      await together(
        tx,
        (at) => [sql`SELECT pg_advisory_xact_lock(8)`.execute(at), note(at, 'kept')],
        last,
      );
    });
    await until(() => wire.sent().includes('SELECT text FROM notes'), { what: 'the reading' });
    expect(wire.sent()).toMatch(/BEGIN.*lock\(7\).*SELECT text FROM notes/s);
    expect(wire.sent()).not.toContain('lock(8)');
    await holder.query('SELECT pg_advisory_unlock(7)');
    await until(() => wire.sent().includes('COMMIT'), { what: 'the commit' });
    expect(wire.sent()).toMatch(/lock\(8\).*INSERT INTO notes.*COMMIT/s);
    expect(await notes(shop.db)).toEqual([]);
    await holder.end();
    await working;
    expect(await notes(shop.db)).toEqual(['kept']);
    await close();
  });

  it.each<[string, (at: InTx) => Promise<unknown>[], string]>([
    ['in PostgreSQL', (at) => [note(at, 'two'), note(at, 'one')], 'duplicate key'],
    [
      'before it is sent',
      (at) => [note(at, 'two'), Promise.reject(new Error('never sent'))],
      'never sent',
    ],
  ])('keeps nothing where one of the last fails %s', async (_where, ofTheLast, why) => {
    const db = createDb(createPool(shop.url, { max: 1, logger: createLogger('silent') }));
    const failing = inFewTrips(db, async (tx) => {
      await together(tx, (at) => [note(at, 'one')]);
      await together(tx, ofTheLast, last);
    });
    await expect(failing).rejects.toThrow(why);
    expect(await notes(db)).toEqual([]);
    // The connection is as good as before.
    await inFewTrips(db, (tx) => together(tx, (at) => [note(at, 'three')], last));
    expect(await notes(db)).toEqual(['three']);
    await db.destroy();
  });

  it.each<[string, (at: InTx) => Promise<unknown>[]]>([
    ['that fails', (at) => [note(at, 'one'), note(at, 'one')]],
    ['with no last statements', (at) => [note(at, 'one')]],
  ])('%s leaves nothing behind', async (_what, statements) => {
    await inFewTrips(shop.db, (tx) => together(tx, statements)).catch(() => {});
    expect(await notes(shop.db)).toEqual([]);
  });

  it('is made again where another was quicker', async () => {
    let tries = 0;
    await inFewTrips(shop.db, async (tx) => {
      tries += 1;
      await together(tx, (at) => [note(at, `try ${tries}`)]);
      if (tries === 1) throw new LostRace('first');
      await together(tx, () => [], last);
    });
    expect(await notes(shop.db)).toEqual(['try 2']);
  });
});

/** A handle on one connection that is listened to, and somebody else who can hold up what it asks. */
async function watched() {
  const wire = await listenBefore(shop.url);
  const db = createDb(createPool(wire.url, { max: 1, logger: createLogger('silent') }));
  const holder = new pg.Client(shop.url);
  await holder.connect();
  const close = async () => {
    await db.destroy();
    wire.close();
  };
  return { wire, db, holder, close };
}

/** A way to a database on which what is sent there can be read. */
async function listenBefore(databaseUrl: string) {
  const { hostname, port } = new URL(databaseUrl);
  let sent = '';
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    client.on('data', (bytes) => {
      sent += bytes.toString('latin1');
    });
    client.pipe(database).pipe(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, sent: () => sent, close: () => server.close() };
}
