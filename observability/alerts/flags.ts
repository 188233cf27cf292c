import type { Alert } from '../rules.ts';

/** Feature flags: a kill switch must reach every process. */
export const flagAlerts: readonly Alert[] = [
  {
    name: 'FlagsOld',
    severity: 'ticket',
    area: 'flags',
    // They are read every five seconds; one that missed a few readings catches up by itself.
    expr: 'max by (instance) (flags_age_seconds) > 60',
    for: '5m',
    summary: 'A process goes by old flags',
    description:
      '{{ $labels.instance }} last read the flags {{ $value | humanizeDuration }} ago: a switch that was thrown since does not hold there.',
    runbook: 'flags.md',
    fires: [
      {
        given: {
          'flags_age_seconds{instance="app:5004"}': '4 3+60x15',
          'flags_age_seconds{instance="app:5005"}': '4x16',
        },
        at: '10m',
        labels: { instance: 'app:5004' },
        description:
          'app:5004 last read the flags 9m 3s ago: a switch that was thrown since does not hold there.',
      },
    ],
    silent: [
      { given: { 'flags_age_seconds{instance="app:5004"}': '4 3+60x4 4x10' }, at: '10m' },
      { given: { 'flags_age_seconds{instance="app:5004"}': '9x16' }, at: '10m' },
    ],
  },
];
