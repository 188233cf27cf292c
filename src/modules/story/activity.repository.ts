import { sql } from 'kysely';
import { ints, uuids } from '../../database/arrays.ts';
import type { Db } from '../../database/database.ts';
import { deleteInParts } from '../../database/in-parts.ts';
import { kept } from '../../database/kept-plans.ts';
import type { ActivityEntry } from '../../telemetry/activity.ts';

/** Columns as an entry names them. */
export const ENTRY = sql`id, at, kind, name, outcome, status, code, duration_ms AS "durationMs",
  correlation_id AS "correlationId", trace_id AS "traceId", order_id AS "orderId", actor_hash AS "actorHash"`;

/** Writes entries in one statement; those that were written before, by a commit whose answer was lost, once. */
export async function insertActivity(db: Db, entries: readonly ActivityEntry[]): Promise<void> {
  const column = <T>(of: (entry: ActivityEntry) => T): T[] => entries.map(of);
  await sql`${kept}
    INSERT INTO activity
      (id, at, kind, name, outcome, status, code, duration_ms, correlation_id, trace_id, order_id, actor_hash)
    SELECT * FROM unnest(
      ${uuids(column(({ id }) => id))}, ${column(({ at }) => at)}::timestamptz[],
      ${column(({ kind }) => kind)}::text[], ${column(({ name }) => name)}::text[],
      ${column(({ outcome }) => outcome)}::text[], ${column(({ status }) => status)}::smallint[],
      ${column(({ code }) => code)}::text[], ${ints(column(({ durationMs }) => durationMs))},
      ${column(({ correlationId }) => correlationId)}::text[], ${column(({ traceId }) => traceId)}::text[],
      ${column(({ orderId }) => orderId)}::uuid[], ${column(({ actorHash }) => actorHash)}::text[])
    ON CONFLICT (id) DO NOTHING`.execute(db);
}

/** What failed last, newest first. */
export async function recentFailures(db: Db, limit: number): Promise<ActivityEntry[]> {
  const { rows } = await sql<ActivityEntry>`
    SELECT ${ENTRY} FROM activity WHERE outcome = 'failed' ORDER BY at DESC LIMIT ${limit}`.execute(
    db,
  );
  return rows;
}

/** Deletes the entries that were made before then. Ids are in the order of time. */
export function deleteOlder(db: Db, before: Date): Promise<void> {
  return deleteInParts(db, 'activity', sql`id < ${firstIdOf(before)}::uuid`);
}

/** The smallest UUIDv7 of a millisecond. */
function firstIdOf(moment: Date): string {
  const hex = moment.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
