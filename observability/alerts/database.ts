import type { Alert } from '../rules.ts';

const RUNBOOK = 'database-lost.md';

const UNREACHED = 'database_up{job="mainstay"} == 0';
/** A process whose own pool or network is the trouble says nothing of the database. */
const REACHED_BY_OTHERS = 'on ()\n(max(database_up{job="mainstay"}) == 1)';

/** The database, and the way to it. While it is lost Alertmanager keeps what follows from that to itself. */
export const databaseAlerts: readonly Alert[] = [
  {
    name: 'DatabaseLost',
    severity: 'page',
    area: 'database',
    expr: `${UNREACHED}\nunless ${REACHED_BY_OTHERS}\nor\nabsent(database_up{job="mainstay"})`,
    for: '30s',
    keepFiringFor: '1m',
    summary: 'The database is lost',
    description:
      '{{ with $labels.instance }}{{ . }} gets no answer from the database (database_up is {{ $value }}).{{ else }}No process says whether the database answers.{{ end }}',
    runbook: RUNBOOK,
    fires: [
      {
        given: { 'database_up{job="mainstay",instance="app:5004"}': '1x5 0x10' },
        at: '10m',
        labels: { job: 'mainstay', instance: 'app:5004' },
        description: 'app:5004 gets no answer from the database (database_up is 0).',
      },
      {
        given: { 'up{job="mainstay",instance="app:5004"}': '0x10' },
        at: '10m',
        labels: { job: 'mainstay' },
        description: 'No process says whether the database answers.',
      },
    ],
    silent: [
      { given: { 'database_up{job="mainstay",instance="app:5004"}': '1x15' }, at: '10m' },
      // DatabaseUnreached says it, and hides nothing of the others.
      {
        given: {
          'database_up{job="mainstay",instance="app:5004"}': '1x5 0x10',
          'database_up{job="mainstay",instance="app:5005"}': '1x15',
        },
        at: '10m',
      },
    ],
  },
  {
    name: 'DatabaseUnreached',
    severity: 'page',
    area: 'database',
    expr: `${UNREACHED}\nand ${REACHED_BY_OTHERS}`,
    for: '30s',
    keepFiringFor: '1m',
    summary: 'A process does not reach the database',
    description:
      '{{ $labels.instance }} gets no answer from the database (database_up is {{ $value }}), and others do.',
    runbook: `${RUNBOOK}#one-process-does-not-reach-it`,
    fires: [
      {
        given: {
          'database_up{job="mainstay",instance="app:5004"}': '1x5 0x10',
          'database_up{job="mainstay",instance="app:5005"}': '1x15',
        },
        at: '10m',
        labels: { job: 'mainstay', instance: 'app:5004' },
        description: 'app:5004 gets no answer from the database (database_up is 0), and others do.',
      },
    ],
    silent: [
      { given: { 'database_up{job="mainstay",instance="app:5004"}': '1x5 0x10' }, at: '10m' },
    ],
  },
  {
    name: 'ArchivingFails',
    severity: 'page',
    area: 'database',
    expr: 'max(database_archive_failing) == 1',
    for: '10m',
    keepFiringFor: '5m',
    summary: 'The database’s log is not archived',
    description:
      'For 10 min the last try to archive the log has failed: a restore goes back no further than the try before.',
    runbook: 'restore.md#archiving-fails',
    fires: [
      {
        given: { 'database_archive_failing{instance="app:5004"}': '0x5 1x20' },
        at: '20m',
        description:
          'For 10 min the last try to archive the log has failed: a restore goes back no further than the try before.',
      },
    ],
    silent: [
      { given: { 'database_archive_failing{instance="app:5004"}': '1x8 0x12' }, at: '15m' },
      // Where nothing is archived nothing fails.
      { given: { 'database_up{instance="app:5004"}': '1x20' }, at: '15m' },
    ],
  },
  {
    name: 'PoolExhausted',
    severity: 'page',
    area: 'database',
    expr: 'sum by (instance) (increase(database_pool_timeouts_total[5m])) > 0',
    for: '2m',
    keepFiringFor: '5m',
    summary: 'Work gets no connection to the database',
    description:
      '{{ printf "%.0f" $value }} times in 5 min work of {{ $labels.instance }} got no connection in time.',
    runbook: `${RUNBOOK}#the-pool-is-exhausted`,
    fires: [
      {
        given: { 'database_pool_timeouts_total{instance="app:5004"}': '0x6 1x15' },
        at: '10m',
        labels: { instance: 'app:5004' },
        description: '1 times in 5 min work of app:5004 got no connection in time.',
      },
    ],
    silent: [{ given: { 'database_pool_timeouts_total{instance="app:5004"}': '7x15' }, at: '10m' }],
  },
  {
    name: 'PoolCrowded',
    severity: 'ticket',
    area: 'database',
    expr: 'max by (instance) (min_over_time(database_pool_waiting_requests[3m])) > 0',
    for: '5m',
    summary: 'Work waits for connections to the database',
    description:
      '{{ $value }} pieces of work of {{ $labels.instance }} or more have waited at every look for 8 min.',
    runbook: `${RUNBOOK}#the-pool-is-exhausted`,
    fires: [
      {
        given: { 'database_pool_waiting_requests{instance="app:5004"}': '1x20' },
        at: '15m',
        labels: { instance: 'app:5004' },
        description: '1 pieces of work of app:5004 or more have waited at every look for 8 min.',
      },
    ],
    silent: [
      {
        given: {
          'database_pool_waiting_requests{instance="app:5004"}': '9 0 9 0 9 0 9 0 9 0 9 0 9',
        },
        at: '12m',
      },
    ],
  },
  {
    name: 'TransactionOpenLong',
    severity: 'ticket',
    area: 'database',
    // The audit of a large shop reads for up to five minutes.
    expr: 'max(database_oldest_transaction_age_seconds) > 300',
    for: '1m',
    summary: 'A transaction has been open for long',
    description:
      'The oldest open transaction has run for {{ $value | humanizeDuration }} and keeps its locks.',
    runbook: `${RUNBOOK}#a-long-transaction`,
    fires: [
      {
        given: {
          'database_oldest_transaction_age_seconds{instance="app:5004"}': '0+60x10',
          'database_oldest_transaction_age_seconds{instance="app:5005"}': '0x10',
        },
        at: '8m',
        description: 'The oldest open transaction has run for 8m 0s and keeps its locks.',
      },
    ],
    silent: [
      {
        given: { 'database_oldest_transaction_age_seconds{instance="app:5004"}': '250x10' },
        at: '8m',
      },
    ],
  },
  {
    name: 'ConnectionsOvercommitted',
    severity: 'ticket',
    area: 'database',
    // A release runs beside the one before for a while.
    expr: 'max(database_connections_claimed) > max(database_connections_limit)',
    for: '15m',
    summary: 'The processes may open more connections than the server gives',
    description:
      'Together they may open {{ $value }}. Under load some of their work is answered 503: too many clients.',
    runbook: 'too-many-connections.md',
    fires: [
      {
        given: {
          'database_connections_claimed{instance="app:5004"}': '100x30',
          'database_connections_limit{instance="app:5004"}': '97x30',
        },
        at: '20m',
        description:
          'Together they may open 100. Under load some of their work is answered 503: too many clients.',
      },
    ],
    silent: [
      {
        given: {
          'database_connections_claimed{instance="app:5004"}': '97x30',
          'database_connections_limit{instance="app:5004"}': '97x30',
        },
        at: '20m',
      },
    ],
  },
];
