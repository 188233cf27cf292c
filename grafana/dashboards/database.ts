import { dashboard } from '../kit/dashboard.ts';
import { heatmap, lines, number, orNothing, quantiles } from '../kit/panels.ts';

const RUNBOOK = 'database-lost.md';
const REPLICAS = 'replicas.md';
const POOL = `${RUNBOOK}#the-pool-is-exhausted`;

/** PostgreSQL, and the connections that processes have to it. */
export const database = dashboard(
  {
    uid: 'database',
    title: 'database and pool',
    description:
      'Whether PostgreSQL answers, how full it is, and whether work waits for a connection.',
  },
  {
    Now: [
      number({
        title: 'Database answers',
        description: '1 where every process reaches it.',
        unit: 'short',
        runbook: RUNBOOK,
        query: 'min(database_up)',
        bad: { below: 1 },
      }),
      number({
        title: 'Connections, of those allowed',
        description: 'Of the whole server’s limit, what the shop’s database uses.',
        unit: 'percentunit',
        runbook: RUNBOOK,
        query: 'max(database_connections) / max(database_connections_max)',
        bad: { from: 0.9 },
      }),
      number({
        title: 'Work that waits for a connection',
        description: 'Of all processes.',
        unit: 'short',
        runbook: POOL,
        query: 'sum(database_pool_waiting_requests)',
        bad: { from: 1 },
      }),
      number({
        title: 'Waits for locks',
        description: 'Connections that wait for a lock of another.',
        unit: 'short',
        runbook: `${RUNBOOK}#a-long-transaction`,
        query: 'max(database_lock_waits)',
        bad: { from: 5 },
      }),
      number({
        title: 'Oldest transaction, s',
        description: 'Red where TransactionOpenLong begins.',
        unit: 's',
        runbook: `${RUNBOOK}#a-long-transaction`,
        query: 'max(database_oldest_transaction_age_seconds)',
        bad: { from: 300 },
      }),
      number({
        title: 'Size',
        description: 'Of the shop’s database, with its indexes.',
        unit: 'bytes',
        runbook: 'machine.md#a-disk-fills',
        query: 'max(database_size_bytes)',
      }),
    ],
    'The pool of each process': [
      lines({
        title: 'Connections, by state',
        description: 'Busy ones at the line of max: work waits.',
        unit: 'short',
        runbook: POOL,
        queries: {
          '{{instance}} {{state}}': 'sum by (instance, state) (database_pool_connections)',
          '{{instance}} max': 'max by (instance) (database_pool_connections_max)',
        },
      }),
      lines({
        title: 'Work that waits for a connection',
        description: 'For long: PoolCrowded.',
        unit: 'short',
        runbook: POOL,
        queries: { '{{instance}}': 'sum by (instance) (database_pool_waiting_requests)' },
      }),
      quantiles({
        title: 'Time that work waited for a connection, s',
        description: 'Within a millisecond while the pool is not full.',
        unit: 's',
        runbook: POOL,
        histogram: 'database_pool_wait_seconds',
      }),
      heatmap({
        title: 'Time that work waited, how many how long',
        description: 'A band that rises is a queue that grows.',
        unit: 's',
        runbook: POOL,
        histogram: 'database_pool_wait_seconds',
      }),
      lines({
        title: 'Work that got no connection in time, per second',
        description: 'Each is a request or job that failed: PoolExhausted.',
        unit: 'short',
        runbook: POOL,
        queries: {
          '{{instance}}':
            'sum by (instance) (rate(database_pool_timeouts_total[$__rate_interval]))',
        },
      }),
    ],
    Replicas: [
      lines({
        title: 'What replicas lack, s',
        description: 'Line: where they are read from no more, and ReplicaLags begins.',
        unit: 's',
        runbook: `${REPLICAS}#a-replica-is-far-behind`,
        queries: {
          '{{replica}}': orNothing('max by (replica) (database_replica_lag_seconds)'),
        },
        limits: [5],
      }),
      lines({
        title: 'Processes that read from a replica',
        description: 'Fewer than there are for long: ReplicaLost.',
        unit: 'short',
        runbook: `${REPLICAS}#a-replica-is-lost`,
        queries: { '{{replica}}': orNothing('sum by (replica) (database_replica_healthy)') },
      }),
      lines({
        title: 'Reads, by who answered and why, per second',
        description:
          'Lagging and failed ones were answered by the primary after a replica could not.',
        unit: 'short',
        runbook: REPLICAS,
        queries: {
          '{{target}} {{reason}}': orNothing(
            'sum by (target, reason) (rate(database_reads_total[$__rate_interval]))',
          ),
        },
      }),
    ],
    'The server': [
      lines({
        title: 'Connections to the shop’s database',
        description:
          'Of all processes and of people; what the running processes may open together (claimed), what the server gives the shop (limit), and has at all (max).',
        unit: 'short',
        runbook: RUNBOOK,
        queries: {
          connections: 'max(database_connections)',
          claimed: 'max(database_connections_claimed)',
          limit: 'max(database_connections_limit)',
          max: 'max(database_connections_max)',
        },
      }),
      lines({
        title: 'Waits for locks',
        description: 'Connections that wait for a lock of another.',
        unit: 'short',
        runbook: `${RUNBOOK}#a-long-transaction`,
        queries: { waits: 'max(database_lock_waits)' },
      }),
      lines({
        title: 'Oldest open transaction, s',
        description: 'Line: where TransactionOpenLong begins.',
        unit: 's',
        runbook: `${RUNBOOK}#a-long-transaction`,
        queries: { age: 'max(database_oldest_transaction_age_seconds)' },
        limits: [300],
      }),
      lines({
        title: 'Size of the shop’s database',
        description: 'Events and inbox notes are kept for ever: it grows with sales.',
        unit: 'bytes',
        runbook: 'machine.md#a-disk-fills',
        queries: { size: 'max(database_size_bytes)' },
      }),
    ],
  },
);
