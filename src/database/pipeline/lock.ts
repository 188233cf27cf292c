import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** Any number that nobody else takes. */
const MIGRATIONS = 7_310_250_024;

/**
 * Runs work while nobody else does on this database. It asks again and again and never waits inside PostgreSQL: a
 * session that waits there has a snapshot, which `CREATE INDEX CONCURRENTLY` of the one that is at work would wait for.
 */
export function alone<T>(db: Db, work: () => Promise<T>): Promise<T> {
  return db.connection().execute(async (session) => {
    while (!(await taken(session))) await setTimeout(100 + Math.random() * 100);
    try {
      return await work();
    } finally {
      await sql`SELECT pg_advisory_unlock(${MIGRATIONS})`.execute(session);
    }
  });
}

async function taken(session: Db): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    SELECT pg_try_advisory_lock(${MIGRATIONS}) AS mine`.execute(session);
  return rows[0]?.mine === true;
}
