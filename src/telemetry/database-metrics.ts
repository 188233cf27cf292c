import type { DatabaseVitals } from '../database/vitals.ts';
import type { MetricKinds } from './metric-kinds.ts';
import { sampled } from './sampled.ts';

const WAITS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The connections of a pool. */
export interface PoolState {
  readonly max: number;
  readonly busy: number;
  readonly idle: number;
  /** Requests for a connection that wait. */
  readonly waiting: number;
}

/** The database, and this process's connections to it. */
export function databaseMetrics({ counter, read, seconds }: MetricKinds) {
  const vitals = sampled<DatabaseVitals>();
  let poolState = (): PoolState => ({ max: 0, busy: 0, idle: 0, waiting: 0 });

  read('database_up', 'Whether the database answers: 1, or 0.', async function collect() {
    this.set((await vitals.read()) ? 1 : 0);
  });
  read('database_size_bytes', 'Size of the shop’s database.', vitals.into('sizeBytes'));
  read(
    'database_connections',
    'Connections to the shop’s database, of every process.',
    vitals.into('connections'),
  );
  read(
    'database_connections_max',
    'Connections that the server takes.',
    vitals.into('maxConnections'),
  );
  read(
    'database_connections_limit',
    'Connections that the server gives the shop: without those that are reserved, and within the role’s own limit.',
    vitals.into('connectionLimit'),
  );
  read(
    'database_connections_claimed',
    'Connections that all running processes may open together, around a pooler where there is one.',
    vitals.into('claimedConnections'),
  );
  read(
    'database_lock_waits',
    'Connections that wait for a lock of another.',
    vitals.into('lockWaits'),
  );
  read(
    'database_oldest_transaction_age_seconds',
    'How long the oldest open transaction has run, in seconds; 0 when none does.',
    vitals.into('oldestTransactionSeconds'),
  );
  read(
    'database_archive_failing',
    'Whether the server’s last try to archive its log failed: 1, or 0. Absent where nothing is archived.',
    vitals.intoEach(({ archiveFailing }) =>
      archiveFailing === null ? [] : [{ labels: {}, value: archiveFailing }],
    ),
  );
  read(
    'database_pool_connections',
    'Connections of this process’s pool, by state: busy, idle.',
    function collect() {
      const { busy, idle } = poolState();
      this.set({ state: 'busy' }, busy);
      this.set({ state: 'idle' }, idle);
    },
    'state',
  );
  read(
    'database_pool_connections_max',
    'Most connections of this process’s pool.',
    function collect() {
      this.set(poolState().max);
    },
  );
  read(
    'database_pool_waiting_requests',
    'Work of this process that waits for a connection of its pool.',
    function collect() {
      this.set(poolState().waiting);
    },
  );

  return {
    vitals,
    /** The pool's connections now. */
    pool: (): PoolState => poolState(),
    /** Says how to see the pool's connections. */
    watchPool(state: () => PoolState): void {
      poolState = state;
    },
    poolWait: seconds(
      'database_pool_wait_seconds',
      'Time that work waited for a connection of the pool, in seconds.',
      WAITS,
    ),
    poolTimeouts: counter(
      'database_pool_timeouts_total',
      'Work that got no connection of the pool in time.',
    ),
  };
}
