import pg from 'pg';
import type { Logger } from '../telemetry/logger.ts';

/** bigint columns (money, positions) arrive as numbers; beyond 2^53 they fail loudly rather than lose digits. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond exact integers`);
  return value;
}

const int8 = 20;
const numeric = 1700;

/**
 * A connection pool on one database. Statements end after 15 s (unless said otherwise; 0: never), waiting for a lock
 * after 10 s, an idle transaction after 30 s, so that nothing holds rows for ever.
 */
export function createPool(
  url: string,
  {
    max,
    logger,
    name = 'mainstay',
    statementTimeoutMs = 15_000,
  }: { max: number; logger: Logger; name?: string; statementTimeoutMs?: number },
): pg.Pool {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid, format) =>
      oid === int8 || oid === numeric ? safeInteger : pg.types.getTypeParser(oid, format as 'text'),
  };
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 30_000,
  });
  nameTimeouts(pool);
  // An idle connection that breaks (server restart) is replaced at the next use.
  const lost = (error: Error): void => logger.warn({ err: error }, 'database connection lost');
  pool.on('error', lost);
  // One that breaks while in use fails its query; its 'error' event must not end the process.
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

/**
 * Gives the pool's own timeout the code of one: graphile-worker repeats what failed with it, and otherwise leaves the
 * failure to nobody, or remembers it for ever.
 */
function nameTimeouts(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool) as (callback: ConnectCallback) => void;
  const named: ConnectCallback = (error) => {
    if (error?.message.startsWith('timeout exceeded')) Object.assign(error, { code: 'ETIMEDOUT' });
  };
  pool.connect = ((callback?: ConnectCallback) => {
    if (callback) {
      connect((error, client, release) => {
        named(error);
        callback(error, client, release);
      });
      return;
    }
    return new Promise<pg.PoolClient>((resolve, reject) => {
      connect((error, client) => {
        named(error);
        if (client) resolve(client);
        else reject(error);
      });
    });
  }) as typeof pool.connect;
}

type ConnectCallback = (
  error: Error | undefined,
  client?: pg.PoolClient,
  release?: (failure?: Error | boolean) => void,
) => void;
