import { sql } from 'kysely';
import type pg from 'pg';
import type { Logger } from '../telemetry/logger.ts';
import type { Db } from './database.ts';
import { createPool } from './pool.ts';

/** The connections of a process to the primary. */
export interface Pools {
  /** For transactions: what it lends is somebody else's session in the next one, where a pooler stands between. */
  readonly pool: pg.Pool;
  /** For what needs a session of its own: LISTEN, named statements. Where no pooler is, the same. */
  readonly sessions: pg.Pool;
  /** For one connection that listens, and holds it. */
  readonly listener: () => pg.Pool;
  /** For migrations at a start, which take as long as they take. */
  readonly migrator: () => pg.Pool;
  /** Most connections of the server that both hold while the process serves. */
  readonly most: number;
}

type PoolOptions = Parameters<typeof createPool>[1];

/** Two that listen for jobs, and three by which jobs are taken and ended. */
const SESSIONS = 5;

/** Opens the pools of a process, around the pooler too where the services name a way. */
export function openPools(
  {
    databaseUrl,
    directDatabaseUrl,
    onDatabaseRefused,
  }: {
    readonly databaseUrl: string | (() => string);
    readonly directDatabaseUrl?: () => string;
    readonly onDatabaseRefused?: () => void;
  },
  {
    max,
    runsJobs,
    listens,
    ...telemetry
  }: Pick<PoolOptions, 'max' | 'logger' | 'metrics'> & {
    runsJobs: boolean;
    listens: boolean;
  },
): Pools {
  const common = { ...telemetry, ...(onDatabaseRefused && { onRefused: onDatabaseRefused }) };
  const throughPooler = directDatabaseUrl !== undefined;
  const pool = createPool(databaseUrl, { ...common, max, throughPooler });
  const sessions = throughPooler
    ? createPool(directDatabaseUrl, { ...common, max: SESSIONS })
    : pool;
  const around = runsJobs ? SESSIONS : 0;
  const aside = (options: Pick<PoolOptions, 'max' | 'name' | 'statementTimeoutMs'>) =>
    createPool(directDatabaseUrl ?? databaseUrl, { ...common, metrics: null, ...options });
  const listener = () => aside({ max: 1, name: 'mainstay changes' });
  const migrator = () => aside({ max: 2, name: 'mainstay migrations', statementTimeoutMs: 0 });
  const most = (throughPooler ? around : max) + (listens ? 1 : 0);
  return { pool, sessions, listener, migrator, most };
}

/** Says which limits the connections of the pooler lack: what hangs would hold rows, and one of them, for ever. */
export async function warnOfPooler(db: Db, logger: Logger): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM pg_settings WHERE setting = '0'
      AND name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')
    ORDER BY name`.execute(db);
  const lacking = rows.map(({ name }) => name);
  if (lacking.length > 0)
    logger.warn(
      { lacking },
      'connections through the pooler have no limits of time: set them there',
    );
}
