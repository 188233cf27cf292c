import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { createDb, type Db, inTransaction } from '../../src/database/database.ts';
import { isUnreachable } from '../../src/database/failures.ts';
import { createPool } from '../../src/database/pool.ts';
import { inFewTrips, together } from '../../src/database/together.ts';
import { takeTheTime, unhurried } from '../../src/database/unhurried.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let proxy: TcpProxy;
let db: Db;

beforeAll(async () => {
  database = await createDatabase();
  const url = new URL(database.url);
  proxy = await TcpProxy.start(Number(url.port));
  url.port = String(proxy.port);
  const limits = { statementTimeoutMs: 300, graceMs: 700 };
  db = createDb(createPool(url.toString(), { max: 1, logger: createLogger('silent'), ...limits }));
  await sql`CREATE TABLE notes (id int PRIMARY KEY)`.execute(database.db);
});
afterAll(async () => {
  await db?.destroy();
  await proxy?.close();
  await database?.drop();
});

const ways: Record<string, () => Promise<unknown>> = {
  'a statement': () => sql`SELECT 1`.execute(db),
  'a transaction': () => inTransaction(db, (tx) => sql`SELECT 1`.execute(tx)),
  'a transaction of few trips': () =>
    inFewTrips(db, (tx) =>
      together(tx, (at) => [sql`INSERT INTO notes VALUES (1)`.execute(at)], { last: true }),
    ),
};

it.each(Object.entries(ways))(
  '%s ends when no answer comes, as of a database that is away, and the next has a connection that speaks',
  async (_name, ask) => {
    await sql`SELECT 1`.execute(db);
    proxy.impair({ blackHole: true });
    const failure = await ask().then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toSatisfy(isUnreachable);
    proxy.heal();
    expect((await sql`SELECT 1 AS one`.execute(db)).rows).toEqual([{ one: 1 }]);
  },
);

it('what reads whole tables is waited for as long as PostgreSQL may take for it, and nothing else', async () => {
  const longer = 1200;
  const read = await inTransaction(db, async (tx) => {
    await takeTheTime(tx);
    return sql`${unhurried} SELECT 1 AS one FROM pg_sleep(${longer / 1000})`.execute(tx);
  });
  expect(read.rows).toEqual([{ one: 1 }]);
  // Who does not say so is not waited for, also where PostgreSQL would let it.
  const other = inTransaction(db, async (tx) => {
    await takeTheTime(tx);
    await sql`SELECT pg_sleep(600)`.execute(tx);
  });
  await expect(other).rejects.toSatisfy(isUnreachable);
});
