import { formatMoney } from '../../shared/money.ts';
import { type Facts, type JobFacts, quoted } from './story.model.ts';
import { attemptsOf, hasWorker, isYoung, type Trouble, whyWaiting } from './trouble-kinds.model.ts';

/** Events of Stripe that are parked, cannot be applied, or wait for a worker. */
export function stripeEventTroubles(facts: Facts): Trouble[] {
  return facts.stripeEvents.flatMap(
    ({ id, type, state, note, attempts, receivedAt }): Trouble[] => {
      const about = {
        step: 'stripe_event',
        href: `/admin/webhooks/${encodeURIComponent(id)}`,
      } as const;
      if (state === 'parked')
        return [
          {
            ...about,
            severity: 'bad',
            what: `Stripe’s event ${id} (${type}) is parked for a person: ${quoted(note)}`,
            runbook: 'parked-money.md',
            since: receivedAt,
          },
        ];
      if (state !== 'received') return [];
      if (attempts > 0)
        return [
          {
            ...about,
            severity: 'bad',
            what: `Stripe’s event ${id} (${type}) cannot be applied: ${quoted(note)} ${attemptsOf(attempts)}`,
            runbook: 'README.md#nothing-is-worked-off',
            since: receivedAt,
          },
        ];
      if (hasWorker(facts) && isYoung(facts, receivedAt)) return [];
      return [
        {
          ...about,
          severity: 'bad',
          what: `Stripe’s event ${id} (${type}) has arrived and waits: ${whyWaiting(facts)}.`,
          runbook: 'README.md#nothing-is-worked-off',
          since: receivedAt,
        },
      ];
    },
  );
}

/** Refunds that wait, that Stripe works on for long, and that failed and were not made good. */
export function refundTroubles(facts: Facts): Trouble[] {
  const href = `/admin/orders/${facts.order.id}`;
  return facts.refunds.flatMap((refund): Trouble[] => {
    const { id, status, origin, providerRefundId, failure, createdAt, updatedAt } = refund;
    const money = formatMoney(refund);
    if (status === 'failed' && wasMadeGood(facts, refund)) return [];
    if (status === 'failed')
      return [
        {
          step: 'refund',
          severity: 'bad',
          what: `A refund of ${money} failed: ${quoted(failure)}${origin === 'automatic' ? ' The shop keeps money that is not its own.' : ''}`,
          runbook: origin === 'automatic' ? 'parked-money.md' : 'refund-pending.md',
          href,
          since: updatedAt,
        },
      ];
    if (status === 'succeeded') return [];
    const job = facts.jobs.find(({ key }) => key === `refund:${id}`);
    if (isYoung(facts, createdAt) && hasWorker(facts) && !job?.attempts) return [];
    return [
      {
        step: 'refund',
        severity: 'bad',
        what: `A refund of ${money} is pending: ${providerRefundId === null ? whyUnsent(facts, job) : `Stripe works on it as ${providerRefundId}`}.`,
        runbook: 'refund-pending.md',
        href,
        since: createdAt,
      },
    ];
  });
}

/** Whether all of its payment went back by others, or as much of it by one that was made later. */
function wasMadeGood(
  { payments, refunds }: Facts,
  { paymentId, amount, createdAt }: Facts['refunds'][number],
): boolean {
  return (
    payments.some((one) => one.id === paymentId && one.refundedAmount === one.amount) ||
    refunds.some(
      (later) =>
        later.paymentId === paymentId &&
        later.status !== 'failed' &&
        later.createdAt > createdAt &&
        later.amount >= amount,
    )
  );
}

function whyUnsent(facts: Facts, job: JobFacts | undefined): string {
  if (job === undefined) return 'no job sends it; the repair sweep makes one within a minute';
  const failed = facts.activity.findLast(
    ({ kind, name, outcome }) => kind === 'job' && name === 'send_refund' && outcome === 'failed',
  );
  if (job.attempts > 0)
    return `Stripe did not take it, ${quoted(failed?.code ?? job.lastError)} ${attemptsOf(job.attempts)}`;
  return whyWaiting(facts);
}

/** Events of the shop that were given up on, fail, or wait. */
export function eventTroubles(facts: Facts): Trouble[] {
  return facts.events.flatMap((event): Trouble[] => {
    const { id, type, publishedAt, deadAt, attempts, lastError, occurredAt } = event;
    if (publishedAt !== null) return [];
    const about = {
      step: 'event',
      severity: 'bad',
      runbook: 'events-not-sent.md',
      href: `/admin/events/${id}`,
      since: occurredAt,
    } as const;
    if (deadAt !== null)
      return [
        {
          ...about,
          what: `The event ${type} was given up on: ${quoted(lastError)} ${attemptsOf(attempts)} What follows from it did not happen.`,
        },
      ];
    if (attempts > 0)
      return [
        {
          ...about,
          what: `The event ${type} is not sent on: ${quoted(lastError)} ${attemptsOf(attempts)}`,
        },
      ];
    if (hasWorker(facts) && isYoung(facts, occurredAt)) return [];
    return [{ ...about, what: `The event ${type} waits to be sent on: ${whyWaiting(facts)}.` }];
  });
}
