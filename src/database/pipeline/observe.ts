import { setTimeout } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Catalog, readCatalog } from './catalog.ts';
import { type Lock, readLocks, strongestNew } from './locks.ts';
import type { SchemaMigration } from './migration.ts';

/** What one statement of a migration did, as PostgreSQL tells it. */
export interface Effect {
  readonly sql: string;
  /** What it locked beyond what its transaction had, of tables that were there before the migration. */
  readonly locks: readonly Lock[];
  readonly before: Catalog;
  readonly after: Catalog;
  /** How long its transaction would have waited for a lock, in milliseconds; 0: for ever. */
  readonly lockTimeoutMs: number;
}

/** A migration as it was seen to run. */
export interface Observation {
  readonly name: string;
  readonly migration: SchemaMigration;
  /** The schema that it met. */
  readonly found: Catalog;
  readonly effects: readonly Effect[];
}

/** The limit in which observed migrations run: any that is not none. */
export const OBSERVED_LOCK_TIMEOUT_MS = 1_000;

/** Runs a migration on an empty database of its own at `url`, and says what each statement of it did. */
export async function observe(
  url: string,
  name: string,
  migration: SchemaMigration,
): Promise<Observation> {
  const client = await connect(url);
  try {
    const found = await readCatalog(client);
    const effects: Effect[] = [];
    const watched =
      migration.transaction === false ? apart(client, url, effects) : joined(client, effects);
    await client.query(`SET lock_timeout = ${OBSERVED_LOCK_TIMEOUT_MS}`);
    if (migration.transaction !== false) await client.query('BEGIN');
    await migration.up(handle(watched));
    if (migration.transaction !== false) await client.query('COMMIT');
    const isOld = ({ table }: Lock) => found.has(`table ${table}`);
    return {
      name,
      migration,
      found,
      effects: effects.map((effect) => ({ ...effect, locks: effect.locks.filter(isOld) })),
    };
  } finally {
    await client.end();
  }
}

/** Runs a migration for those that come after it. */
export async function runUnseen(url: string, migration: SchemaMigration): Promise<void> {
  const client = await connect(url);
  try {
    if (migration.transaction !== false) await client.query('BEGIN');
    await migration.up(handle((sql, values) => client.query(sql, values)));
    if (migration.transaction !== false) await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

type Send = (sql: string, values: unknown[]) => Promise<pg.QueryResult>;

/** A handle whose statements go through `send`, on one connection. */
function handle(send: Send): Kysely<unknown> {
  const connection = { query: send, release: () => undefined };
  return new Kysely({
    dialect: new PostgresDialect({
      pool: { connect: async () => connection as never, end: async () => undefined, options: {} },
    }),
  });
}

/** Statements of one transaction, which keeps every lock until its end. */
function joined(client: pg.Client, effects: Effect[]): Send {
  let held: Lock[] = [];
  return async (sql, values) => {
    const before = effects.at(-1)?.after ?? (await readCatalog(client));
    const result = await client.query(sql, values);
    const now = await readLocks(client, processId(client));
    effects.push({
      sql,
      locks: strongestNew(held, now),
      before,
      after: await readCatalog(client),
      lockTimeoutMs: await lockTimeout(client),
    });
    held = now;
    return result;
  };
}

/**
 * Statements that commit each by itself. One that PostgreSQL lets into a transaction shows its locks there; one that it
 * does not (`25001`) is held up by a writer of every table, and looked at from another session while it waits.
 */
function apart(client: pg.Client, url: string, effects: Effect[]): Send {
  return async (sql, values) => {
    const before = effects.at(-1)?.after ?? (await readCatalog(client));
    const { result, locks } = await inTransaction(client, sql, values).catch((error) => {
      if (error.code !== '25001') throw error;
      return heldUp(client, url, sql, values);
    });
    const lockTimeoutMs = OBSERVED_LOCK_TIMEOUT_MS;
    effects.push({ sql, locks, before, after: await readCatalog(client), lockTimeoutMs });
    return result;
  };
}

async function inTransaction(client: pg.Client, sql: string, values: unknown[]) {
  await client.query('BEGIN');
  try {
    const result = await client.query(sql, values);
    const locks = strongestNew([], await readLocks(client, processId(client)));
    await client.query('COMMIT');
    return { result, locks };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function heldUp(client: pg.Client, url: string, sql: string, values: unknown[]) {
  const writer = await connect(url);
  try {
    await client.query('SET lock_timeout = 0');
    await writeEveryTable(writer);
    let ended = false;
    const running = client.query(sql, values).finally(() => {
      ended = true;
    });
    // Heard below; a failure meanwhile must not end the process.
    running.catch(() => undefined);
    while (!ended && !(await isWaiting(writer, client))) await setTimeout(10);
    const locks = strongestNew([], await readLocks(writer, processId(client)));
    await writer.query('ROLLBACK');
    return { result: await running, locks };
  } finally {
    await writer.end();
    await client.query(`SET lock_timeout = ${OBSERVED_LOCK_TIMEOUT_MS}`);
  }
}

/** Begins what a transaction that writes every table has begun. */
async function writeEveryTable(writer: pg.Client): Promise<void> {
  const { rows } = await writer.query<{ names: string }>(
    `SELECT string_agg(oid::regclass::text, ', ') AS names FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
  );
  await writer.query('BEGIN');
  await writer.query(`LOCK TABLE ${rows[0]?.names} IN ROW EXCLUSIVE MODE`);
}

async function isWaiting(writer: pg.Client, client: pg.Client): Promise<boolean> {
  const { rows } = await writer.query<{ waits: boolean }>(
    'SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted) AS waits',
    [processId(client)],
  );
  return rows[0]?.waits === true;
}

async function lockTimeout(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ ms: number }>(
    `SELECT setting::int AS ms FROM pg_settings WHERE name = 'lock_timeout'`,
  );
  return rows[0]?.ms ?? 0;
}

/** The server's process of a connection; `pg` does not declare it. */
function processId(client: pg.Client): number {
  return (client as unknown as { processID: number }).processID;
}
