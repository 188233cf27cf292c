import { type Facts, quoted } from './story.model.ts';
import { attemptsOf, isUnpaid, type Trouble } from './trouble-kinds.model.ts';

/** Webhook endpoints that do not take the order's events. */
export function deliveryTroubles({ deliveries }: Facts): Trouble[] {
  return deliveries
    .filter(({ state, failures }) => state === 'failed' || (state === 'pending' && failures > 0))
    .map(
      ({
        id,
        endpointId,
        host,
        endpointState,
        eventType,
        state,
        failures,
        lastError,
        createdAt,
      }) => ({
        step: 'delivery' as const,
        severity:
          state === 'failed' || endpointState === 'disabled' ? ('bad' as const) : ('warn' as const),
        what: `${eventType} does not reach the webhook endpoint ${host}: ${quoted(lastError)} ${attemptsOf(failures)}${state === 'failed' ? ', given up on' : ''}${endpointState === 'disabled' ? '; the endpoint is disabled' : ''}.`,
        runbook: 'webhook-endpoint-failing.md',
        href: `/admin/endpoints/${endpointId}/deliveries/${id}`,
        since: createdAt,
      }),
    );
}

/** What reconciliation found and only a person can decide. */
export function findingTroubles({ tasks, findings }: Facts): Trouble[] {
  const open = tasks.filter(({ state }) => state === 'open');
  const untold = findings.filter(
    ({ kind, detail }) => !tasks.some((task) => task.kind === kind && task.detail === detail),
  );
  return [
    ...open.map(({ id, title, detail, kind, firstSeen }) => ({
      step: 'reconciliation' as const,
      severity: 'bad' as const,
      what: `${title}: ${quoted(detail)}`,
      runbook: `reconciliation-findings.md#${kind}`,
      href: `/admin/tasks/${id}`,
      since: firstSeen,
    })),
    ...untold.map(({ kind, detail, confirmed, firstSeen }) => ({
      step: 'reconciliation' as const,
      severity: 'warn' as const,
      what: `${confirmed ? 'Found' : 'Suspected, to be looked at once more'}: ${quoted(detail)}`,
      runbook: `reconciliation-findings.md#${kind}`,
      href: '/admin/tasks',
      since: firstSeen,
    })),
  ];
}

/** What the last request of each kind met, where nothing that came later made it good. */
export function requestTroubles(facts: Facts): Trouble[] {
  const { activity, order } = facts;
  const requests = activity.filter(({ kind }) => kind === 'request');
  const last = new Map(requests.map((entry) => [entry.name, entry]));
  return [...last.values()]
    .filter(({ outcome }) => outcome === 'failed')
    .filter(({ at }) => isUnpaid(facts) || at >= changedBefore(order.updatedAt))
    .filter(({ at, code }) => code !== 'payment_provider_unavailable' || !isTold(facts, at))
    .map(({ name, status, code, at, correlationId }) => ({
      step: 'request' as const,
      severity: 'bad' as const,
      what: `The last ${name} answered ${status} ${code ?? ''}: ${causes[code ?? ''] ?? 'a failure of ours, which the log has in full under its correlation id'}.`,
      runbook:
        code === 'payment_provider_unavailable'
          ? 'stripe-unreachable.md'
          : code === 'service_unavailable'
            ? 'one-order.md#a-request-was-answered-503'
            : 'one-order.md#a-request-failed',
      href: `/admin/story?q=${encodeURIComponent(correlationId)}`,
      since: at,
    }));
}

const causes: Readonly<Record<string, string>> = {
  payment_provider_unavailable: 'Stripe did not answer in time',
  service_unavailable: 'the database was away or too busy',
};

/** A change of the order in the very request counts as before it: it began, then changed, then failed. */
function changedBefore(updatedAt: Date): Date {
  return new Date(updatedAt.getTime() - 35_000);
}

/** Whether a page of payment tells what became of a request that Stripe did not answer. */
function isTold({ order, checkouts }: Facts, at: Date): boolean {
  if (order.status === 'pending' && checkouts.at(-1)?.status === 'creating') return true;
  return checkouts.some(({ sessionId, updatedAt }) => sessionId !== null && updatedAt > at);
}
