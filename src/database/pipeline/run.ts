import { setTimeout } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration';
import type { Db } from '../database.ts';
import { isOfLocks } from '../failures.ts';
import { dropInvalidIndexes } from './invalid-indexes.ts';
import type { Migrations, SchemaMigration } from './migration.ts';
import { type Patience, pauseAfter } from './patience.ts';

/** A try that met somebody's lock, and when the next one comes. */
export interface Retry {
  readonly name: string;
  readonly tries: number;
  readonly pauseMs: number;
}

export interface Run {
  readonly migrations: Migrations;
  readonly patience: Patience;
  onRetry?(retry: Retry): void;
}

/** Kysely's migrator over a list: its tables say what was applied. */
export function migratorOf(db: Db, migrations: Record<string, Migration>): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: 'schema_migrations',
    migrationLockTableName: 'schema_migrations_lock',
  });
}

/**
 * Takes one step up or down and returns its name, or null where there is none. One that meets a lock leaves it to those
 * who wait behind it, and tries again later.
 * @throws Error with who may be in the way, after the last try.
 */
export async function step(db: Db, direction: 'up' | 'down', run: Run): Promise<string | null> {
  const next = await nextStep(db, direction, run.migrations);
  if (next === null) return null;
  for (let tries = 1; ; tries += 1)
    try {
      if (next.migration.transaction === false) await dropInvalidIndexes(db);
      return await take(db, direction, next, run);
    } catch (error) {
      if (!isOfLocks(error)) throw error;
      if (tries === run.patience.mostTries) throw await gaveUp(db, next.name, tries, error);
      const pauseMs = pauseAfter(tries, run.patience);
      run.onRetry?.({ name: next.name, tries, pauseMs: Math.round(pauseMs) });
      await setTimeout(pauseMs);
    }
}

interface Step {
  readonly name: string;
  readonly migration: SchemaMigration;
}

async function nextStep(
  db: Db,
  direction: 'up' | 'down',
  migrations: Migrations,
): Promise<Step | null> {
  const infos = await migratorOf(db, { ...migrations }).getMigrations();
  const next =
    direction === 'up'
      ? infos.find(({ executedAt }) => executedAt === undefined)
      : infos.findLast(({ executedAt }) => executedAt !== undefined);
  const migration = next && migrations[next.name];
  return migration ? { name: next.name, migration } : null;
}

async function take(
  db: Db,
  direction: 'up' | 'down',
  { name, migration }: Step,
  { migrations, patience }: Run,
): Promise<string | null> {
  const migrator = migratorOf(db, { ...migrations, [name]: within(migration, patience) });
  const options = { disableTransactions: migration.transaction === false };
  const { error, results = [] }: MigrationResultSet =
    direction === 'up' ? await migrator.migrateUp(options) : await migrator.migrateDown(options);
  if (error !== undefined) throw error;
  // None where an instance of the version before, which knows nothing of our lock, was quicker.
  return results[0]?.migrationName ?? null;
}

/** A migration within its limits of time, which are its transaction's, or its connection's until it ended. */
function within(migration: SchemaMigration, patience: Patience): Migration {
  const limited =
    (work: SchemaMigration['up']): Migration['up'] =>
    async (db: Kysely<unknown>) => {
      if (migration.transaction === false) {
        await setLimit(db, 'lock_timeout', patience.concurrentLockTimeoutMs, false);
        await setLimit(db, 'statement_timeout', 0, false);
        // It has the migrator's own lock, which is its session's.
        await setLimit(db, 'idle_session_timeout', patience.goneAfterMs, false);
        await work(db).finally(() => resetLimits(db));
        return;
      }
      await setLimit(db, 'lock_timeout', patience.lockTimeoutMs, true);
      // Those before 0030 may fill tables for as long as the session lets them.
      if (migration.phase !== undefined)
        await setLimit(db, 'statement_timeout', patience.statementTimeoutMs, true);
      await work(db);
    };
  return { up: limited(migration.up), down: limited(migration.down) };
}

async function setLimit(
  db: Kysely<unknown>,
  name: string,
  ms: number,
  local: boolean,
): Promise<void> {
  await sql`SELECT set_config(${name}, ${String(ms)}, ${local})`.execute(db);
}

async function resetLimits(db: Kysely<unknown>): Promise<void> {
  await sql`RESET lock_timeout`.execute(db);
  await sql`RESET statement_timeout`.execute(db);
  await sql`RESET idle_session_timeout`.execute(db);
}

/** What a person needs who has to find out what is in the way. */
async function gaveUp(db: Db, name: string, tries: number, cause: unknown): Promise<Error> {
  const { rows } = await sql<{ pid: number; application: string; seconds: number }>`
    SELECT pid, application_name AS application, extract(epoch FROM now() - xact_start)::int AS seconds
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    ORDER BY xact_start LIMIT 3`.execute(db);
  const open = rows.map(
    ({ pid, application, seconds }) => `process ${pid} (${application}) for ${seconds} s`,
  );
  return new Error(
    `${name} was not applied: it met a lock of others in each of ${tries} tries, and nothing of it was kept waiting. ` +
      `Longest open transactions: ${open.join(', ') || 'none now'}. Let them end, or end one by ` +
      'SELECT pg_terminate_backend(PID), and migrate again.',
    { cause },
  );
}
