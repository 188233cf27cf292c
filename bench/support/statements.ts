import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

/** Settings of a PostgreSQL that counts what its statements take. */
export const SEEING_STATEMENTS = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
  'pg_stat_statements.track_planning': 'on',
};

/** Opens a connection that may count statements: the embedded server's superuser's. */
export async function countStatements(dataDir: string, databaseUrl: string): Promise<pg.Client> {
  const url = new URL(databaseUrl);
  url.username = 'postgres';
  url.password = await readFile(join(dataDir, 'postgres', 'superuser-password'), 'utf8');
  const client = new pg.Client(url.href);
  await client.connect();
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  return client;
}

/** The statements that took most time, a line each: microseconds for one of so many pieces of work. */
export async function costliest(client: pg.Client, pieces: number): Promise<string[]> {
  const { rows } = await client.query<Statement>(
    `SELECT (total_exec_time + total_plan_time) * 1000 / $1 AS micros, total_plan_time * 1000 / $1 AS planning,
      calls / $1::float AS calls, rows / $1::float AS rows, wal_bytes::float / $1 AS log, toplevel,
      regexp_replace(query, '\\s+', ' ', 'g') AS query
    FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 40`,
    [pieces],
  );
  return rows.map(
    ({ micros, planning, calls, rows: each, log, toplevel, query }) =>
      `${micros.toFixed(1).padStart(6)} µs (planning ${planning.toFixed(1)}), ${calls.toFixed(3)} times, ${each.toFixed(2)} rows, ${log.toFixed(0)} bytes of log${toplevel ? '' : ', within'}: ${query.trim().slice(0, 110)}`,
  );
}

interface Statement {
  readonly micros: number;
  readonly planning: number;
  readonly calls: number;
  readonly rows: number;
  readonly log: number;
  readonly toplevel: boolean;
  readonly query: string;
}
