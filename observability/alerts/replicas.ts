import type { Alert } from '../rules.ts';

const RUNBOOK = 'replicas.md';

/** The standbys that reads go to. Without them the primary answers, so nobody is woken for one. */
export const replicaAlerts: readonly Alert[] = [
  {
    name: 'ReplicaLags',
    severity: 'ticket',
    area: 'database',
    // From where processes read from it no more.
    expr: 'max by (replica) (database_replica_lag_seconds) > 5',
    for: '1m',
    keepFiringFor: '2m',
    summary: 'A replica is far behind',
    description:
      '{{ $labels.replica }} lacks what was committed {{ $value | humanizeDuration }} ago: it is not read from.',
    runbook: `${RUNBOOK}#a-replica-is-far-behind`,
    fires: [
      {
        given: {
          'database_replica_lag_seconds{replica="standby-1:5432",instance="app:5004"}': '0+60x10',
          'database_replica_lag_seconds{replica="standby-2:5432",instance="app:5004"}': '1x10',
        },
        at: '3m',
        labels: { replica: 'standby-1:5432' },
        description: 'standby-1:5432 lacks what was committed 3m 0s ago: it is not read from.',
      },
    ],
    silent: [
      {
        given: { 'database_replica_lag_seconds{replica="standby-1:5432"}': '5x10' },
        at: '8m',
      },
    ],
  },
  {
    name: 'ReplicaLost',
    severity: 'ticket',
    area: 'database',
    expr: 'count by (replica) (database_replica_healthy == 0)\nunless on (replica)\n(max by (replica) (database_replica_lag_seconds) > 5)',
    for: '2m',
    keepFiringFor: '2m',
    summary: 'A replica is not read from',
    description:
      '{{ $value }} of the processes do not read from {{ $labels.replica }}, which does not lag: it is away, no standby, or of another history.',
    runbook: `${RUNBOOK}#a-replica-is-lost`,
    fires: [
      {
        given: {
          'database_replica_healthy{replica="standby-1:5432",instance="app:5004"}': '1x2 0x10',
          'database_replica_healthy{replica="standby-1:5432",instance="app:5005"}': '1x12',
        },
        at: '8m',
        labels: { replica: 'standby-1:5432' },
        description:
          '1 of the processes do not read from standby-1:5432, which does not lag: it is away, no standby, or of another history.',
      },
    ],
    silent: [
      {
        given: { 'database_replica_healthy{replica="standby-1:5432",instance="app:5004"}': '1x10' },
        at: '8m',
      },
      // ReplicaLags says it.
      {
        given: {
          'database_replica_healthy{replica="standby-1:5432",instance="app:5004"}': '0x10',
          'database_replica_lag_seconds{replica="standby-1:5432",instance="app:5004"}': '60x10',
        },
        at: '8m',
      },
    ],
  },
];
