import type { Alert } from '../rules.ts';

const open = (dependency: string) =>
  // Between two probes it is half open: seen over two minutes it stays at its worst.
  `max by (dependency) (max_over_time(dependency_circuit_state{dependency${dependency}}[2m])) == 2`;

const summary = 'Calls to a service are refused: its circuit is open';

/** Services that the shop calls. Without Stripe nobody can pay; mails and comparisons wait and follow. */
export const dependencyAlerts: readonly Alert[] = [
  {
    name: 'PaymentsCircuitOpen',
    severity: 'page',
    area: 'dependencies',
    expr: open('="stripe"'),
    for: '1m',
    summary,
    description:
      'Checkouts are refused for now: the circuit to {{ $labels.dependency }} is open (state {{ $value }}).',
    runbook: 'stripe-unreachable.md',
    fires: [
      {
        given: {
          'dependency_circuit_state{dependency="stripe",instance="app:5004"}': '0x3 2 1 2 1 2 2',
          'dependency_circuit_state{dependency="stripe",instance="app:5005"}': '0x10',
        },
        at: '8m',
        labels: { dependency: 'stripe' },
        description: 'Checkouts are refused for now: the circuit to stripe is open (state 2).',
      },
    ],
    silent: [
      {
        given: {
          'dependency_circuit_state{dependency="stripe",instance="app:5004"}': '0x10',
          'dependency_circuit_state{dependency="smtp",instance="app:5004"}': '2x10',
        },
        at: '8m',
      },
    ],
  },
  {
    name: 'CircuitOpen',
    severity: 'ticket',
    area: 'dependencies',
    expr: open('!="stripe"'),
    for: '5m',
    summary,
    description:
      'The circuit to {{ $labels.dependency }} is open (state {{ $value }}); what needs it waits.',
    runbook: 'stripe-unreachable.md#another-service',
    fires: [
      {
        given: {
          'dependency_circuit_state{dependency="smtp",instance="app:5004"}': '2x15',
          'dependency_circuit_state{dependency="smtp",instance="app:5005"}': '0x99',
        },
        at: '12m',
        labels: { dependency: 'smtp' },
        description: 'The circuit to smtp is open (state 2); what needs it waits.',
      },
    ],
    silent: [
      {
        given: { 'dependency_circuit_state{dependency="smtp",instance="app:5004"}': '2 0x15' },
        at: '12m',
      },
    ],
  },
];
