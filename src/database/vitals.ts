import { sql } from 'kysely';
import { type ConnectionPlan, readConnectionPlan } from './connections.ts';
import type { Db } from './database.ts';

/** How the database server does, as the shop's own account may see it. */
export interface DatabaseVitals extends ConnectionPlan {
  readonly sizeBytes: number;
  /** Connections to this database, and of the server at most. */
  readonly connections: number;
  readonly maxConnections: number;
  /** Connections that wait for a lock of another. */
  readonly lockWaits: number;
  /** How long the oldest open transaction has run; 0 where none does. */
  readonly oldestTransactionSeconds: number;
  /** Whether the last try to archive its log failed: 1, or 0; null where nothing is archived. */
  readonly archiveFailing: number | null;
}

/** Reads them from the server's own views. */
export async function readVitals(db: Db): Promise<DatabaseVitals> {
  const { rows } = await sql<Omit<DatabaseVitals, keyof ConnectionPlan>>`
    SELECT pg_database_size(current_database()) AS "sizeBytes",
      count(*) AS connections,
      current_setting('max_connections')::int AS "maxConnections",
      count(*) FILTER (WHERE wait_event_type = 'Lock') AS "lockWaits",
      coalesce(extract(epoch FROM now() - min(xact_start) FILTER (WHERE pid <> pg_backend_pid())), 0)::float8
        AS "oldestTransactionSeconds",
      CASE WHEN current_setting('archive_mode') <> 'off' THEN (
        SELECT coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)::int FROM pg_stat_archiver) END
        AS "archiveFailing"
    FROM pg_stat_activity WHERE datname = current_database()`.execute(db);
  // An aggregate without groups is always one row.
  return { ...(rows[0] as (typeof rows)[number]), ...(await readConnectionPlan(db)) };
}
