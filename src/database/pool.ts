import pg from 'pg';
import type { PoolState } from '../telemetry/database-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { isUnreachable } from './failures.ts';
import { keepPlans } from './kept-plans.ts';
import { writeTogether } from './one-write.ts';
import { connectionsTo } from './servers.ts';
import { waitForUnhurried } from './unhurried.ts';

/** bigint columns (money, positions) arrive as numbers; beyond 2^53 they fail loudly rather than lose digits. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond exact integers`);
  return value;
}

const int8 = 20;
const numeric = 1700;

/** How much longer than PostgreSQL may take for an answer it is waited for. */
const GRACE_MS = 5_000;

/**
 * A connection pool on one database. Statements end after 15 s (unless said otherwise; 0: never), waiting for a lock
 * after 10 s, an idle transaction after 30 s, so that nothing holds rows for ever. A connection that says nothing for
 * five seconds longer is given up, as where a network swallows all that is sent. A function of the address is asked
 * for every new connection: passwords are changed while the shop runs. A pooler in transaction mode refuses settings of
 * a session, so its own connections must have these (docs/deployment.md).
 */
export function createPool(
  url: string | (() => string),
  {
    max,
    logger,
    metrics = null,
    onRefused = () => {},
    name = 'mainstay',
    statementTimeoutMs = 15_000,
    throughPooler = false,
    connectTimeoutMs = 5_000,
    graceMs = GRACE_MS,
  }: {
    max: number;
    logger: Logger;
    metrics?: PoolMetrics | null;
    /** Called when the server refuses who connects: the password may be an old one. */
    onRefused?: () => void;
    name?: string;
    statementTimeoutMs?: number;
    throughPooler?: boolean;
    connectTimeoutMs?: number;
    graceMs?: number;
  },
): pg.Pool {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid, format) =>
      oid === int8 || oid === numeric ? safeInteger : pg.types.getTypeParser(oid, format as 'text'),
  };
  const servers = connectionsTo(typeof url === 'string' ? () => url : url, logger);
  const pool = new pg.Pool({
    Client: servers.Client,
    max,
    types,
    application_name: name,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    // What is asked together over one connection is sent at once.
    pipeline: true,
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + graceMs }),
    ...(!throughPooler && {
      statement_timeout: statementTimeoutMs,
      lock_timeout: 10_000,
      idle_in_transaction_session_timeout: 30_000,
    }),
  });
  writeTogether(pool);
  if (!throughPooler) keepPlans(pool);
  if (statementTimeoutMs > 0) waitForUnhurried(pool, graceMs);
  watchConnect(pool, { metrics, onRefused, servers });
  // An idle connection that breaks (server restart) is replaced at the next use.
  const lost = (error: Error): void => logger.warn({ err: error }, 'database connection lost');
  pool.on('error', lost);
  // One that breaks while in use fails its query; its 'error' event must not end the process.
  pool.on('connect', (client) => client.on('error', lost));
  pool.on('release', (_error, client: pg.Client) => {
    if (client instanceof servers.Client && client.isSpent) void client.end();
  });
  return pool;
}

const waitingSince = new WeakMap<pg.Pool, Set<{ readonly at: number }>>();

/**
 * How long the first in line has waited for a connection of the pool, in milliseconds; 0 while fewer wait than there
 * are connections, as at a start, when each is being made.
 */
export function poolWaitMs(pool: pg.Pool): number {
  if (pool.waitingCount < pool.options.max) return 0;
  const first = waitingSince.get(pool)?.values().next().value;
  return first === undefined ? 0 : performance.now() - first.at;
}

/** invalid_authorization_specification, invalid_password. */
const REFUSALS = ['28000', '28P01'];

/** The connections of a pool now. */
export function poolState(pool: pg.Pool): PoolState {
  const { totalCount, idleCount, waitingCount, options } = pool;
  return {
    max: options.max,
    busy: totalCount - idleCount,
    idle: idleCount,
    waiting: waitingCount,
  };
}

/**
 * Measures how long work waits for a connection, and gives the pool's own timeout the code of one: graphile-worker
 * repeats what failed with it, and otherwise leaves the failure to nobody, or remembers it for ever.
 */
function watchConnect(
  pool: pg.Pool,
  {
    metrics,
    onRefused,
    servers,
  }: { metrics: PoolMetrics | null; onRefused: () => void; servers: Servers },
): void {
  const connectOnce = pool.connect.bind(pool) as (callback: ConnectCallback) => void;
  /** Where one server does not take a connection, the others are tried. */
  const connectPlain = (callback: ConnectCallback, tries = servers.count()): void =>
    connectOnce((error, client, release) => {
      const next = error !== undefined && tries > 1 && isUnreachable(error) && !isOfTheQueue(error);
      if (next) connectPlain(callback, tries - 1);
      else callback(error, client, release);
    });
  const waiting = new Set<{ readonly at: number }>();
  waitingSince.set(pool, waiting);
  const connect = (callback: ConnectCallback): void => {
    const stop = metrics?.poolWait.startTimer();
    const wait = { at: performance.now() };
    waiting.add(wait);
    connectPlain((error, client, release) => {
      waiting.delete(wait);
      stop?.();
      if (REFUSALS.includes((error as { code?: string } | undefined)?.code ?? '')) onRefused();
      if (error && isOfTheQueue(error)) {
        metrics?.poolTimeouts.inc();
        void servers.look(pool.options);
        Object.assign(error, { code: 'ETIMEDOUT' });
      }
      callback(error, client, release);
    });
  };
  pool.connect = ((callback?: ConnectCallback) => {
    if (callback) {
      connect(callback);
      return;
    }
    return new Promise<pg.PoolClient>((resolve, reject) => {
      connect((error, client) => {
        if (client) resolve(client);
        else reject(error);
      });
    });
  }) as typeof pool.connect;
}

/** Whether it was no connection that failed, but the wait for one of the pool's. */
function isOfTheQueue(error: Error): boolean {
  return error.message.startsWith('timeout exceeded');
}

type Servers = Pick<ReturnType<typeof connectionsTo>, 'count' | 'look'>;

type PoolMetrics = Pick<Metrics, 'poolWait' | 'poolTimeouts'>;

type ConnectCallback = (
  error: Error | undefined,
  client?: pg.PoolClient,
  release?: (failure?: Error | boolean) => void,
) => void;
