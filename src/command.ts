import { type Environment, loadToolConfig } from './config.ts';
import { createDb, type Db } from './database/database.ts';
import { createPool } from './database/pool.ts';
import { createLogger } from './telemetry/logger.ts';

/** Prints a line for people. */
export type Say = (line: string) => void;

/**
 * Runs a command on the shop's database, whether the shop runs or not, and ends the process with the exit code it
 * returns, or with `failureCode` and a message when it could not run.
 */
export async function runCommand(
  env: Environment,
  failureCode: number,
  work: (db: Db, say: Say) => Promise<number>,
): Promise<void> {
  const say: Say = (line) => process.stdout.write(`${line}\n`);
  try {
    process.exitCode = await onDatabase(env, (db) => work(db, say));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = failureCode;
  }
}

async function onDatabase<T>(env: Environment, work: (db: Db) => Promise<T>): Promise<T> {
  const config = loadToolConfig(env);
  const embedded = config.databaseUrl === null ? await joinEmbedded(config.dataDir) : null;
  const pool = createPool(config.databaseUrl ?? embedded?.url ?? '', {
    max: 2,
    logger: createLogger('warn'),
    name: 'mainstay command',
    // A check of a large shop, or an index on one, takes as long as it takes.
    statementTimeoutMs: 0,
  });
  const db = createDb(pool);
  try {
    return await work(db);
  } finally {
    await db.destroy();
    await embedded?.stop();
  }
}

/** Joins the shop's embedded server, or starts it for the time of the command. Never loaded with a DATABASE_URL. */
async function joinEmbedded(dataDir: string) {
  const { startEmbeddedPostgres } = await import('./dev/embedded-postgres/embedded-postgres.ts');
  return startEmbeddedPostgres({ dataDir, role: 'tool' });
}
