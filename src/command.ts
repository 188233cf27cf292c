import type pg from 'pg';
import type { Environment, Fetched } from './config/environment.ts';
import { loadToolConfig } from './config/tools.ts';
import { createDb, type Db } from './database/database.ts';
import { createPool } from './database/pool.ts';
import { secretSources } from './secrets/sources.ts';
import { createLogger } from './telemetry/logger.ts';

/** What a command works with. */
export interface Tools {
  readonly db: Db;
  readonly pool: pg.Pool;
  /** The address of the database. */
  readonly url: string;
  /** What the environment refers to in secrets managers. */
  readonly fetched: Fetched;
  /** Prints a line for people. */
  say(line: string): void;
}

/**
 * Runs a command on the shop's database, whether the shop runs or not, and ends the process with the exit code it
 * returns, or with `failureCode` and a message when it could not run.
 */
export async function runCommand(
  env: Environment,
  failureCode: number,
  work: (tools: Tools) => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await onDatabase(env, work);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = failureCode;
  }
}

/** @throws Error with the usage where a command that takes no arguments is given some: they may have meant another act. */
export function refuseArguments(usage: string): void {
  if (process.argv.length > 2) throw new Error(usage);
}

async function onDatabase(
  env: Environment,
  work: (tools: Tools) => Promise<number>,
): Promise<number> {
  const fetched = await secretSources(env).fetch();
  const config = loadToolConfig(env, fetched);
  const embedded = config.databaseUrl === null ? await joinEmbedded(config.dataDir) : null;
  const url = config.databaseUrl ?? embedded?.url ?? '';
  const pool = createPool(url, {
    max: 2,
    logger: createLogger('warn'),
    name: 'mainstay command',
    // A check of a large shop, or an index on one, takes as long as it takes.
    statementTimeoutMs: 0,
  });
  const db = createDb(pool);
  try {
    return await work({ db, pool, url, fetched, say: (line) => process.stdout.write(`${line}\n`) });
  } finally {
    await pool.end();
    await embedded?.stop();
  }
}

/** Joins the shop's embedded server, or starts it for the time of the command. Never loaded with a DATABASE_URL. */
async function joinEmbedded(dataDir: string) {
  const { startEmbeddedPostgres } = await import('./dev/embedded-postgres/embedded-postgres.ts');
  return startEmbeddedPostgres({ dataDir, role: 'tool' });
}
