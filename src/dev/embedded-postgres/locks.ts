import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isAlive } from './server-process.ts';

export type Role = 'shop' | 'tool';

// Advisory locks are held by sessions, so the end of a process, however sudden, lets go of them.
const FAMILY = 0x4d53;
const USERS = 1;
const SHOP = 2;
const LEAVING = 3;
const SETUP = 4;
/** How long a holder that looks alive may take to let go: its session outlives a kill a little. */
const LIVING_HOLDER_MS = 500;
const DEAD_HOLDER_MS = 10_000;

/** Takes the lock of a user of the server; false when the server is about to be stopped. */
export function takeUserLock(client: Client): Promise<boolean> {
  return ask(client, 'pg_try_advisory_lock_shared', USERS);
}

/** Takes the lock of the only shop; throws EmbeddedPostgresError when another shop holds it. */
export async function takeShopLock(client: Client, dataDir: string): Promise<void> {
  const begun = Date.now();
  while (!(await ask(client, 'pg_try_advisory_lock', SHOP))) {
    const holder = await findShop(client);
    const patience = holder && isAlive(holder) ? LIVING_HOLDER_MS : DEAD_HOLDER_MS;
    if (Date.now() - begun > patience) throw anotherShop(dataDir, holder);
    await delay(20);
  }
}

async function findShop(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND granted AND classid = $1 AND objid = $2`,
    [FAMILY, SHOP],
  );
  return Number(rows[0]?.name.split(' ').at(-1)) || undefined;
}

function anotherShop(dataDir: string, holder: number | undefined): EmbeddedPostgresError {
  const who = holder ? ` (process ${holder})` : '';
  return new EmbeddedPostgresError(
    `Another Mainstay is running on ${dataDir}${who}. Stop it first, or set DATA_DIR to another ` +
      'folder (and PORT to another port) to run a second shop.',
  );
}

/**
 * Gives the locks back. True when nobody else uses the server: then the session keeps everybody
 * out until it ends, and the caller stops the server.
 */
export async function giveUpLocks(client: Client): Promise<boolean> {
  // One leaves at a time, else two who leave together would each take the other for a user.
  await client.query('SELECT pg_advisory_lock($1, $2)', [FAMILY, LEAVING]);
  if (await ask(client, 'pg_try_advisory_lock', USERS)) return true;
  await ask(client, 'pg_advisory_unlock_shared', USERS);
  await client.query('SELECT pg_advisory_unlock_all()');
  return false;
}

/** Runs work that only one user of the server may do at a time. */
export async function withSetupLock(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1, $2)', [FAMILY, SETUP]);
  await work();
  await client.query('SELECT pg_advisory_unlock($1, $2)', [FAMILY, SETUP]);
}

async function ask(client: Client, lockFunction: string, lock: number): Promise<boolean> {
  const sql = `SELECT ${lockFunction}($1, $2) AS answer`;
  const { rows } = await client.query<{ answer: boolean }>(sql, [FAMILY, lock]);
  return rows[0]?.answer === true;
}
