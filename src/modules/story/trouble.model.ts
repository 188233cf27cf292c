import { eventTroubles, refundTroubles, stripeEventTroubles } from './flow-trouble.model.ts';
import { deliveryTroubles, findingTroubles, requestTroubles } from './other-trouble.model.ts';
import { checkoutTroubles, paymentTroubles } from './payment-trouble.model.ts';
import { jobTroubles } from './queue-trouble.model.ts';
import type { Facts, OpenCircuits } from './story.model.ts';
import { hasWorker, type Trouble } from './trouble-kinds.model.ts';

/** What is wrong with an order now, the worst first; nothing where all is as it should be. */
export function troublesOf(facts: Facts, openCircuits: OpenCircuits = []): Trouble[] {
  const troubles = [
    ...workerTroubles(facts),
    ...stripeEventTroubles(facts),
    ...checkoutTroubles(facts, openCircuits),
    ...paymentTroubles(facts),
    ...refundTroubles(facts),
    ...eventTroubles(facts),
    ...jobTroubles(facts),
    ...deliveryTroubles(facts),
    ...findingTroubles(facts),
    ...requestTroubles(facts),
  ];
  return troubles.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ severity }: Trouble): number {
  return severity === 'bad' ? 0 : 1;
}

function workerTroubles(facts: Facts): Trouble[] {
  if (hasWorker(facts)) return [];
  const waits =
    facts.jobs.some(({ attempts, maxAttempts }) => attempts < maxAttempts) ||
    facts.events.some(({ publishedAt, deadAt }) => publishedAt === null && deadAt === null);
  if (!waits) return [];
  return [
    {
      step: 'worker',
      severity: 'bad',
      what: 'No worker runs: no process says that it runs jobs, and work for this order waits for one.',
      runbook: 'README.md#nothing-is-worked-off',
      href: '/admin/operations',
      since: null,
    },
  ];
}
