import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { repeat } from '../../shared/repeat.ts';
import { type Db, ping } from '../database.ts';
import { PATIENCE } from './patience.ts';

/** Any number that nobody else takes. */
const MIGRATIONS = 7_310_250_024;

/**
 * Runs work while nobody else does on this database. It asks again and again and never waits inside PostgreSQL: a
 * session that waits there has a snapshot, which `CREATE INDEX CONCURRENTLY` of the one that is at work would wait for.
 * Who has the lock says so again and again: PostgreSQL itself would take hours to see that a machine is gone.
 */
export function alone<T>(
  db: Db,
  work: () => Promise<T>,
  goneAfterMs: number = PATIENCE.goneAfterMs,
): Promise<T> {
  return db.connection().execute(async (session) => {
    // Before it has the lock, as it may be cut off as soon as it has; until then each look says that it is there.
    await sql`SELECT set_config('idle_session_timeout', ${String(goneAfterMs)}, false)`.execute(
      session,
    );
    while (!(await taken(session))) await setTimeout(100 + Math.random() * 100);
    // One that fails is told by what ends the session.
    const alive = repeat(
      goneAfterMs / 6,
      () => ping(session),
      () => {},
    );
    try {
      return await work();
    } finally {
      await alive.stop();
      await sql`SELECT pg_advisory_unlock(${MIGRATIONS})`.execute(session);
      await sql`RESET idle_session_timeout`.execute(session);
    }
  });
}

async function taken(session: Db): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    SELECT pg_try_advisory_lock(${MIGRATIONS}) AS mine`.execute(session);
  return rows[0]?.mine === true;
}
