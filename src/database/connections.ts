import { sql } from 'kysely';
import type { Logger } from '../telemetry/logger.ts';
import type { Db } from './database.ts';
import { GONE_AFTER_SECONDS } from './instances.ts';

/** What the running processes may open together, and what the server gives. */
export interface ConnectionPlan {
  readonly claimedConnections: number;
  /** Without those that are reserved, and no more than the role and the database may have. */
  readonly connectionLimit: number;
}

/** Reads what every process says of its pools, and the server's settings. */
export async function readConnectionPlan(db: Db): Promise<ConnectionPlan> {
  const { rows } = await sql<ConnectionPlan>`
    SELECT (
        SELECT coalesce(sum(connections), 0) FROM instances
        WHERE seen_at > now() - make_interval(secs => ${GONE_AFTER_SECONDS})
      ) AS "claimedConnections",
      least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          -- PostgreSQL 15 knows no such setting.
          - coalesce(current_setting('reserved_connections', true)::int, 0),
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
        (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
      ) AS "connectionLimit"`.execute(db);
  // A row of subqueries is always one.
  return rows[0] as ConnectionPlan;
}

/** Warns whoever starts one process more than the server has connections for, with the arithmetic. */
export async function warnOfConnections(db: Db, logger: Logger): Promise<void> {
  const { claimedConnections, connectionLimit } = await readConnectionPlan(db);
  if (claimedConnections <= connectionLimit) return;
  const { rows } = await sql<{ processes: number; role: string; connections: number }>`
    SELECT count(*) AS processes, role, connections FROM instances
    WHERE seen_at > now() - make_interval(secs => ${GONE_AFTER_SECONDS})
    GROUP BY role, connections ORDER BY role, connections`.execute(db);
  const terms = rows.map(
    ({ processes, role, connections }) => `${processes} ${role} × ${connections}`,
  );
  logger.warn(
    { arithmetic: `${terms.join(' + ')} = ${claimedConnections} > ${connectionLimit}` },
    'the processes may open more connections than the server gives: docs/runbooks/too-many-connections.md',
  );
}
