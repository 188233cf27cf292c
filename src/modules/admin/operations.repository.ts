import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import type { Outgoing } from './operations.model.ts';

/** Deliveries, endpoints and mails as they stand, and whether an instance holds the relay's lease. */
export async function readOutgoing(db: Db): Promise<Outgoing> {
  const { rows } = await sql<Outgoing>`
    SELECT
      (SELECT count(*) FROM webhook_deliveries WHERE state = 'pending') AS "deliveriesPending",
      (SELECT count(*) FROM webhook_deliveries JOIN webhook_endpoints AS endpoint ON endpoint.id = endpoint_id
        WHERE webhook_deliveries.state = 'pending' AND endpoint.state = 'enabled'
          AND next_attempt_at < now() - interval '1 minute') AS "deliveriesLate",
      (SELECT count(*) FROM webhook_endpoints WHERE state = 'enabled' AND failing_since IS NOT NULL) AS "endpointsFailing",
      (SELECT count(*) FROM webhook_endpoints WHERE state = 'disabled' AND failing_since IS NOT NULL) AS "endpointsDisabled",
      (SELECT count(*) FROM graphile_worker.jobs
        WHERE task_identifier = 'send_order_mail' AND attempts > 0 AND last_error IS NOT NULL) AS "mailsFailing",
      EXISTS (SELECT FROM relay_leases WHERE held_until > now()) AS "relayHeld"`.execute(db);
  // A select without a table is always one row.
  return rows[0] as Outgoing;
}

/** A statement that takes long in sum: its text has parameters in place of values. */
export interface SlowStatement {
  readonly query: string;
  readonly calls: number;
  readonly meanMs: number;
  readonly totalMs: number;
}

/** The statements of this account that cost most since the statistics began; null where the server keeps none. */
export async function slowStatements(db: Db, limit: number): Promise<SlowStatement[] | null> {
  const { rows: kept } = await sql<{ kept: boolean }>`
    SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements')
      AND current_setting('shared_preload_libraries', true) LIKE '%pg_stat_statements%' AS kept`.execute(
    db,
  );
  if (!kept[0]?.kept) return null;
  const { rows } = await sql<SlowStatement>`
    SELECT left(query, 300) AS query, calls, mean_exec_time AS "meanMs", total_exec_time AS "totalMs"
    FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND userid = (SELECT oid FROM pg_roles WHERE rolname = current_user)
      AND query ~* '^\\s*(with|select|insert|update|delete)'
    ORDER BY total_exec_time DESC LIMIT ${limit}`.execute(db);
  return rows;
}

/** A statement that runs now. */
export interface RunningStatement {
  readonly seconds: number;
  readonly state: string;
  readonly waitsFor: string | null;
  readonly application: string;
  /** Of the shop's own sessions alone, which send values apart from their statements; others may quote anything. */
  readonly query: string | null;
}

/** What has run longest, the longest first. */
export async function runningStatements(db: Db, limit: number): Promise<RunningStatement[]> {
  const { rows } = await sql<RunningStatement>`
    SELECT extract(epoch FROM now() - query_start)::float8 AS seconds, state,
      CASE WHEN wait_event_type IS NOT NULL THEN wait_event_type || ': ' || wait_event END AS "waitsFor",
      application_name AS application,
      CASE WHEN usename = current_user AND application_name = current_setting('application_name')
        THEN left(regexp_replace(query, '\\s+', ' ', 'g'), 300) END AS query
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'
      AND query_start IS NOT NULL AND backend_type = 'client backend'
    ORDER BY query_start LIMIT ${limit}`.execute(db);
  return rows;
}
