import { sql } from 'kysely';
import type { Db } from '../database/database.ts';

/**
 * Takes the lease of a name, or keeps it for another `seconds`; false while somebody else holds it. All times are the
 * database's, so the holders' clocks do not matter.
 */
export async function holdLease(
  db: Db,
  { name, holder, seconds }: { name: string; holder: string; seconds: number },
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO relay_leases AS lease (name, holder, held_until)
    VALUES (${name}, ${holder}, now() + make_interval(secs => ${seconds}))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
    WHERE lease.holder = excluded.holder OR lease.held_until < now()
    RETURNING holder`.execute(db);
  return rows.length > 0;
}

/** Lets somebody else have the lease at once. */
export async function releaseLease(
  db: Db,
  { name, holder }: { name: string; holder: string },
): Promise<void> {
  await db
    .deleteFrom('relay_leases')
    .where('name', '=', name)
    .where('holder', '=', holder)
    .execute();
}
