import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import type { ListName } from './reconciliation.model.ts';

/** A time whose records are being read, newest first. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
  /** The last record read; null: none yet. */
  readonly after: string | null;
}

/**
 * The window to read of a list: the one that an earlier run left unfinished, or what came since the last one, with
 * an overlap, as records change after they are made. The first begins a while before the shop opened its first
 * payment page: what Stripe has from before is not the shop's.
 */
export async function openWindow(
  db: Db,
  list: ListName,
  { until, overlapSeconds }: { until: Date; overlapSeconds: number },
): Promise<Window> {
  const { rows } = await sql<Window>`
    INSERT INTO reconciliation_cursors AS list (list, window_from, window_to)
    VALUES (${list}, ${FIRST} - make_interval(secs => ${overlapSeconds}), ${until})
    ON CONFLICT (list) DO UPDATE SET
      window_from = coalesce(list.window_from,
        least(coalesce(list.done_until, ${FIRST}), ${until}) - make_interval(secs => ${overlapSeconds})),
      window_to = coalesce(list.window_to, excluded.window_to)
    RETURNING window_from AS "from", window_to AS "to", after_id AS after`.execute(db);
  const window = rows[0];
  if (!window) throw new Error('a cursor vanished');
  return window;
}

// Stripe keeps events for 30 days.
const FIRST = sql`greatest(
  coalesce((SELECT created_at FROM checkout_sessions ORDER BY id LIMIT 1), now()), now() - interval '29 days')`;

/** A list, and the run that reads it. */
export interface Reader {
  readonly list: ListName;
  readonly runId: string;
}

/** Notes how far a window is read; false when another run took over, whose window it may be. */
export async function advance(db: Db, reader: Reader, after: string | null): Promise<boolean> {
  const { numUpdatedRows } = await cursorOf(db, reader).set({ after_id: after }).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Notes that a window is read to its end; false when another run took over, whose window it may be. */
export async function closeWindow(db: Db, reader: Reader): Promise<boolean> {
  const { numUpdatedRows } = await cursorOf(db, reader)
    .set({
      done_until: sql`greatest(done_until, window_to)`,
      window_from: null,
      window_to: null,
      after_id: null,
    })
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** A list's cursor while the run that reads it is the one at work. */
function cursorOf(db: Db, { list, runId }: Reader) {
  return db
    .updateTable('reconciliation_cursors')
    .where('list', '=', list)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('reconciliation_runs').where('id', '=', runId).where('finished_at', 'is', null),
      ),
    );
}

/** Where reading the shop's own rows stands: the last id, or null at the beginning. */
export async function placeIn(db: Db, list: ListName): Promise<string | null> {
  const row = await db
    .selectFrom('reconciliation_cursors')
    .select('after_id')
    .where('list', '=', list)
    .executeTakeFirst();
  return row?.after_id ?? null;
}

export async function keepPlace(db: Db, list: ListName, after: string | null): Promise<void> {
  await db
    .insertInto('reconciliation_cursors')
    .values({ list, after_id: after, done_until: null, window_from: null, window_to: null })
    .onConflict((conflict) => conflict.column('list').doUpdateSet({ after_id: after }))
    .execute();
}
