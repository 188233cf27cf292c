import { formatMoney } from '../../shared/money.ts';
import type { ActivityEntry } from '../../telemetry/activity.ts';
import { type Facts, quoted } from './story.model.ts';

/** One thing that happened, or waits to. */
export interface StoryEntry {
  readonly at: Date;
  readonly kind:
    | 'request'
    | 'job'
    | 'event'
    | 'stripe'
    | 'checkout'
    | 'payment'
    | 'refund'
    | 'stock'
    | 'delivery'
    | 'task';
  readonly what: string;
  readonly outcome: string;
  readonly detail: string;
  readonly correlationId: string | null;
  readonly traceId: string | null;
  /** The page of the console that shows it whole. */
  readonly href: string | null;
}

const plain = { detail: '', correlationId: null, traceId: null, href: null } as const;

/** Everything about an order, in time order. */
export function entriesOf(facts: Facts): StoryEntry[] {
  return [
    ...facts.activity.map(workEntry),
    ...facts.events.map(eventEntry),
    ...facts.stripeEvents.map(stripeEntry),
    ...facts.checkouts.map(checkoutEntry),
    ...facts.payments.map(paymentEntry),
    ...facts.refunds.map(refundEntry),
    ...facts.movements.map(movementEntry),
    ...facts.deliveries.flatMap(deliveryEntries),
    ...facts.jobs.map(jobEntry),
    ...facts.tasks.map(taskEntry),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** A request or an attempt at a job. */
export function workEntry(entry: ActivityEntry): StoryEntry {
  const { at, kind, name, outcome, status, code, durationMs, correlationId, traceId } = entry;
  const detail = [status, code, `${durationMs} ms`].filter((part) => part !== null).join(', ');
  return { ...plain, at, kind, what: name, outcome, detail, correlationId, traceId };
}

function eventEntry(event: Facts['events'][number]): StoryEntry {
  const { id, type, publishedAt, deadAt, attempts, lastError, appliedBy, traceparent } = event;
  const outcome = deadAt ? 'dead' : publishedAt ? 'published' : 'waiting';
  const parts = [
    publishedAt && `sent on ${seconds(event.occurredAt, publishedAt)} later`,
    appliedBy.length > 0 && `applied by ${appliedBy.join(', ')}`,
    publishedAt === null && attempts > 0 && `${attempts} failed attempts: ${quoted(lastError)}`,
  ];
  return {
    at: event.occurredAt,
    kind: 'event',
    what: type,
    outcome,
    detail: parts.filter(Boolean).join('; '),
    correlationId: event.correlationId,
    traceId: traceparent?.split('-')[1] ?? null,
    href: `/admin/events/${id}`,
  };
}

function stripeEntry(event: Facts['stripeEvents'][number]): StoryEntry {
  const { id, type, state, note, attempts, receivedAt, settledAt, correlationId } = event;
  const parts = [
    id,
    settledAt && `settled ${seconds(receivedAt, settledAt)} later`,
    state === 'received' && attempts > 0 && `${attempts} failed attempts`,
    quoted(note),
  ];
  return {
    ...plain,
    at: receivedAt,
    kind: 'stripe',
    what: type,
    outcome: state === 'received' ? 'waiting' : state,
    detail: parts.filter(Boolean).join('; '),
    correlationId,
    href: `/admin/webhooks/${encodeURIComponent(id)}`,
  };
}

function checkoutEntry(checkout: Facts['checkouts'][number]): StoryEntry {
  const { createdAt, status, sessionId, updatedAt } = checkout;
  const since = updatedAt > createdAt ? `${status} after ${seconds(createdAt, updatedAt)}` : '';
  return {
    ...plain,
    at: createdAt,
    kind: 'checkout',
    what: 'Payment page asked for',
    outcome: status,
    detail: [sessionId, since].filter(Boolean).join('; '),
  };
}

function paymentEntry(payment: Facts['payments'][number]): StoryEntry {
  const { createdAt, provider, status, providerPaymentId, failureCode, declines } = payment;
  const failure = failureCode && `declined ${declines} times, last: ${quoted(failureCode)}`;
  return {
    ...plain,
    at: createdAt,
    kind: 'payment',
    what: `Payment of ${formatMoney(payment)} ${provider === 'stripe' ? 'at Stripe' : 'by hand'}`,
    outcome: status,
    detail: [providerPaymentId, failure].filter(Boolean).join('; '),
  };
}

function refundEntry(refund: Facts['refunds'][number]): StoryEntry {
  const { id, createdAt, status, origin, providerRefundId, failure } = refund;
  return {
    ...plain,
    at: createdAt,
    kind: 'refund',
    what: `Refund of ${formatMoney(refund)} (${origin})`,
    outcome: status,
    detail: [providerRefundId ?? id, quoted(failure)].filter(Boolean).join('; '),
  };
}

function movementEntry(movement: Facts['movements'][number]): StoryEntry {
  const { createdAt, kind, sku, variantId, onHandDelta, reservedDelta } = movement;
  const signed = (units: number) => (units > 0 ? `+${units}` : String(units));
  const parts = [
    onHandDelta !== 0 && `on hand ${signed(onHandDelta)}`,
    reservedDelta !== 0 && `reserved ${signed(reservedDelta)}`,
  ];
  return {
    ...plain,
    at: createdAt,
    kind: 'stock',
    what: `Stock: ${kind} of ${sku || 'a variant'}`,
    outcome: 'ok',
    detail: parts.filter(Boolean).join(', '),
    href: `/admin/stock/${variantId}`,
  };
}

function deliveryEntries(delivery: Facts['deliveries'][number]): StoryEntry[] {
  const { id, endpointId, host, eventType, createdAt, correlationId, attempts, state } = delivery;
  const about = {
    ...plain,
    kind: 'delivery' as const,
    what: `Webhook ${eventType} to ${host}`,
    correlationId,
    href: `/admin/endpoints/${endpointId}/deliveries/${id}`,
  };
  if (attempts.length === 0)
    return [{ ...about, at: createdAt, outcome: state === 'pending' ? 'waiting' : state }];
  return attempts.map(({ number, status, error, at }) => ({
    ...about,
    at: new Date(at),
    outcome: error === null ? 'ok' : 'failed',
    detail: [`attempt ${number}`, status, quoted(error)].filter(Boolean).join(', '),
  }));
}

function jobEntry(job: Facts['jobs'][number]): StoryEntry {
  const { runAt, createdAt, task, attempts, maxAttempts, isRunning, lastError } = job;
  const outcome = isRunning ? 'running' : attempts >= maxAttempts ? 'dead' : 'waiting';
  const parts = [
    `attempt ${attempts} of ${maxAttempts}`,
    outcome === 'waiting' && `next ${runAt.toISOString()}`,
    quoted(lastError),
  ];
  return {
    ...plain,
    at: createdAt,
    kind: 'job',
    what: `${task} in the queue`,
    outcome,
    detail: parts.filter(Boolean).join('; '),
  };
}

function taskEntry(task: Facts['tasks'][number]): StoryEntry {
  return {
    ...plain,
    at: task.firstSeen,
    kind: 'task',
    what: task.title,
    outcome: task.state,
    detail: quoted(task.detail),
    href: `/admin/tasks/${task.id}`,
  };
}

function seconds(from: Date, to: Date): string {
  return `${((to.getTime() - from.getTime()) / 1000).toFixed(1)} s`;
}
