import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { enqueueLost } from '../../events/jobs.ts';

/** Notes that a customer is to be erased; false where they are already. */
export async function insertErasure(tx: Tx, userId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('erasures')
    .values({ user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function finishErasure(tx: Tx, userId: string): Promise<void> {
  await tx
    .updateTable('erasures')
    .set({ finished_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('finished_at', 'is', null)
    .execute();
}

/** Gives every erasure under way whose job was lost a new one. */
export async function resumeErasures(db: Db, task: string, queue: string): Promise<number> {
  return enqueueLost(
    db,
    task,
    sql`SELECT 'erase:' || user_id AS key, json_build_object('userId', user_id) AS payload
      FROM erasures WHERE finished_at IS NULL AND requested_at < now() - interval '2 minutes'`,
    queue,
  );
}
