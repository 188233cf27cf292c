import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** A place in the write-ahead log: everything that was committed before it is in whatever has replayed up to it. */
export interface WalPosition {
  /** The history of the log that it belongs to: each promotion of a standby begins another. */
  readonly timeline: number;
  /** Bytes from the beginning of the log (an LSN as a number; exact up to 2^53, 9 petabytes of log). */
  readonly bytes: number;
}

/**
 * What a read must show: `null`, what any replica shows that is well; a position, all that was committed before it;
 * `'now'`, all that is committed when the read begins.
 */
export type Since = WalPosition | 'now' | null;

/** Whether what has replayed up to `reached` shows everything before `wanted`. */
export function covers(reached: WalPosition, wanted: WalPosition): boolean {
  // Of an older history only what was kept when the next began is in a later one, and that at the same place.
  return reached.timeline >= wanted.timeline && reached.bytes >= wanted.bytes;
}

/** As it travels in a cookie or header. */
export function sinceText(since: WalPosition | 'now'): string {
  return since === 'now' ? since : `${since.timeline}.${since.bytes}`;
}

/** What `sinceText` made; null for anything else. */
export function sinceOf(text: string | undefined): Since {
  if (text === 'now') return text;
  const [, timeline, bytes] = /^(\d{1,10})\.(\d{1,16})$/.exec(text ?? '') ?? [];
  const position = { timeline: Number(timeline), bytes: Number(bytes) };
  return Number.isSafeInteger(position.bytes) ? position : null;
}

/** The history that a primary writes on: the first eight digits of the name of its log's file. */
export const timelineNow = sql<number>`('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int`;

/**
 * The position of a primary now. Everything that it has acknowledged is before it: what is flushed, or where commits
 * do not wait for the disk, what is written. @throws where the server is a standby.
 */
export async function positionOfPrimary(db: Db): Promise<WalPosition> {
  const { rows } = await sql<WalPosition>`
    SELECT pg_wal_lsn_diff(lsn, '0/0') AS bytes, ${timelineNow} AS timeline
    FROM (
      SELECT CASE current_setting('synchronous_commit') WHEN 'off'
        THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END AS lsn
    ) AS now`.execute(db);
  return rows[0] as WalPosition;
}

/** How far a server has replayed, as this process's own row in `instances` says which history it follows. */
export interface Replayed extends WalPosition {
  /** Whether it is a standby at all. */
  readonly standby: boolean;
}

/** Asks a replica how far it is. A timeline of 0: it has not seen yet what this process wrote. */
export async function replayedBy(replica: Db, instanceId: string): Promise<Replayed> {
  const { rows } = await sql<Replayed>`
    SELECT pg_is_in_recovery() AS standby,
      coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), 0) AS bytes,
      coalesce((SELECT timeline FROM instances WHERE id = ${instanceId}), 0) AS timeline`.execute(
    replica,
  );
  return rows[0] as Replayed;
}
