import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import type { CloudEvent, Consumer } from '../../events/consumer.ts';
import type { Perform } from '../../events/job.ts';
import { newId } from '../../shared/ids.ts';
import { KEPT_DAYS } from '../../shared/retention.ts';
import { concerns, refusedAs } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import {
  countPending,
  DELIVER_WEBHOOKS,
  type DueDelivery,
  deleteSettled,
  enabledEndpoints,
  enqueueHeldByClock,
  enqueueLostDeliveries,
  enqueueNext,
  findDue,
  findEndpointOf,
  insertDeliveries,
  listDue,
  recordAttempt,
  type SentEvent,
} from './deliver.repository.ts';
import { disableEndpoint, noteFailing } from './endpoints.repository.ts';
import type { WebhookSender } from './webhook-post.gateway.ts';
import { pauseAfter, type WebhookAnswer } from './webhooks.model.ts';

export { DELIVER_WEBHOOKS };

/** One attempt in logs, traces and metrics; and its job, as the version before enqueued it. */
export const DELIVER_WEBHOOK = 'deliver_webhook';

/** Attempts at one endpoint at the same time, each at what another stream says. */
const AT_ONCE = 8;
/** Deliveries that are read together. */
const READ_AT_ONCE = 200;
/** No attempt is begun after so long: another endpoint may wait, or the end of the process. */
const RUN_MS = 2_000;

const GONE = 410;
const FAILING_HOURS = 72;

/** Puts every event in line for each endpoint that wants it. */
export const webhookConsumer: Consumer = {
  name: 'webhooks',
  types: null,
  apply: (tx, event) => putInLine(tx, [event]),
  applyAll: putInLine,
};

async function putInLine(tx: Tx, events: readonly CloudEvent[]): Promise<void> {
  // What no endpoint wants is most of what happens, and all of it in most shops.
  const endpoints = await enabledEndpoints(tx);
  const deliveries = events.flatMap(({ id: eventId, type }) =>
    endpoints
      .filter(({ types }) => types?.includes(type) ?? true)
      .map(({ id: endpointId }) => ({ id: newId(), endpointId, eventId })),
  );
  const wanted = new Set(deliveries.map(({ eventId }) => eventId));
  const sent = events.filter(({ id }) => wanted.has(id)).map(toBeSent);
  await insertDeliveries(tx, sent, deliveries);
}

function toBeSent(event: CloudEvent): SentEvent {
  const { id, type, correlationid: correlationId = null } = event;
  return { id, type, body: JSON.stringify(event), correlationId };
}

interface DeliverDeps {
  readonly db: Db;
  readonly webhooks: WebhookSender;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * The job: makes the attempts that are due at an endpoint, several at once, and enqueues itself for what waits. Only
 * one runs for an endpoint at a time.
 */
export async function deliverWebhooks(
  deps: DeliverDeps & { perform: Perform },
  { endpointId }: { endpointId: string },
): Promise<void> {
  const until = performance.now() + RUN_MS;
  const make = ({ id, attempt, correlationId, traceparent }: DueDelivery) =>
    deps.perform({ task: DELIVER_WEBHOOK, attempt, cause: { correlationId, traceparent } }, () =>
      makeAttempt(deps, id),
    );
  while (performance.now() < until) {
    const due = await listDue(deps.db, endpointId, READ_AT_ONCE);
    if (due.length === 0) break;
    const streams = Map.groupBy(due, ({ stream }) => stream).values();
    const lane = async () => {
      for (const deliveries of streams)
        for (const delivery of deliveries) if (performance.now() < until) await make(delivery);
    };
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure) throw failure.reason;
  }
  await enqueueNext(deps.db, endpointId);
}

/**
 * The job of one delivery, as the version before enqueued it: does the job of its endpoint, in whose line it is. There
 * may be thousands of them, which that one would wait behind.
 */
export async function deliverWebhook(
  deps: DeliverDeps & { perform: Perform },
  { deliveryId }: { deliveryId: string },
): Promise<void> {
  const endpointId = await findEndpointOf(deps.db, deliveryId);
  if (endpointId !== null) await deliverWebhooks(deps, { endpointId });
}

/** Makes one attempt and notes it, with when the next one is due where there is one. */
async function makeAttempt(deps: DeliverDeps, deliveryId: string): Promise<void> {
  const { db, webhooks, logger, metrics } = deps;
  const due = await findDue(db, deliveryId);
  if (due === null) return;
  const order = orderOf(due);
  if (order !== null) concerns(order);
  const { endpoint_id: endpointId, url, secret, previous_secret: previous } = due;
  const answer = await webhooks.send({
    url,
    id: due.event_id,
    body: due.body,
    secrets: previous === null ? [secret] : [secret, previous],
  });
  const next = nextStep(answer, due.failures);
  const disabled = await inTransaction(db, async (tx) => {
    await noteFailing(tx, { id: endpointId, url, failing: next.state !== 'delivered' });
    await recordAttempt(tx, deliveryId, answer, next);
    return next.state === 'delivered' ? null : disableFailing(tx, { id: endpointId, url }, answer);
  });
  metrics.webhookDeliveries.inc({ outcome: next.state === 'pending' ? 'retried' : next.state });
  metrics.webhookDeliveryDuration.observe(answer.durationMs / 1000);
  const about = { endpointId, deliveryId, eventType: due.event_type, status: answer.status };
  if (answer.error !== null) refusedAs('not_delivered');
  if (answer.error !== null)
    logger.info({ ...about, error: answer.error }, 'webhook attempt failed');
  if (disabled !== null) logger.warn({ endpointId, reason: disabled }, 'webhook endpoint disabled');
}

/** The order whose stream an event stands in; null for what happens to products, stock and users. */
function orderOf({ event_type: type, body }: { event_type: string; body: string }): string | null {
  if (!/^(order|payment|refund)\./.test(type)) return null;
  return (JSON.parse(body) as { partitionkey: string }).partitionkey;
}

function nextStep({ error, retryAfterMs }: WebhookAnswer, before: number) {
  if (error === null) return { state: 'delivered', before, failures: 0, pauseMs: 0 } as const;
  const failures = before + 1;
  const pauseMs = pauseAfter(failures, retryAfterMs);
  return pauseMs === null
    ? ({ state: 'failed', before, failures, pauseMs: 0 } as const)
    : ({ state: 'pending', before, failures, pauseMs } as const);
}

/** Disables an endpoint that is gone, or to which nothing has arrived for three days; why, or null. */
async function disableFailing(
  db: Db,
  { id, url }: { id: string; url: string },
  { status }: WebhookAnswer,
): Promise<string | null> {
  const [reason, failingHours] =
    status === GONE
      ? ['It answered 410: it is gone.', null]
      : ['Every attempt of three days failed.', FAILING_HOURS];
  return (await disableEndpoint(db, id, { reason, url, failingHours })) ? reason : null;
}

/** Sees to it that every endpoint at which something is due has a job. Harmless wherever and however often it runs. */
export async function repairWebhooks({ db, logger }: { db: Db; logger: Logger }): Promise<void> {
  await enqueueHeldByClock(db);
  const lost = await enqueueLostDeliveries(db);
  if (lost > 0) logger.warn({ endpoints: lost }, 'webhook endpoints without a job');
}

/** Measures what waits; every worker measures the same. */
export async function measureWebhooks({
  db,
  metrics,
}: {
  db: Db;
  metrics: Metrics;
}): Promise<void> {
  metrics.webhookDeliveriesPending.set(await countPending(db));
}

/** Forgets deliveries that were settled a month ago, with their attempts. */
export function forgetDeliveries(db: Db): Promise<void> {
  return deleteSettled(db, KEPT_DAYS.deliveries);
}
