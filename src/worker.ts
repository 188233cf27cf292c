import type { Task, TaskList } from 'graphile-worker';
import type pg from 'pg';
import type { Db } from './database/database.ts';
import type { Consumer } from './events/consumer.ts';
import { createInProcessBroker } from './events/in-process-broker.ts';
import { startJobRunner } from './events/job-runner.ts';
import { countDeadJobs, freeAbandonedJobs } from './events/jobs.ts';
import { createRelay, RELAY_BATCH } from './events/relay.ts';
import { expireKeys } from './http/idempotency.ts';
import { forgetFullBuckets } from './http/rate-limit.ts';
import { sweepCarts } from './modules/cart/cart.service.ts';
import { sweepIdentity } from './modules/identity/account.service.ts';
import {
  SEND_PASSWORD_RESET,
  sendPasswordReset,
} from './modules/identity/password-reset.service.ts';
import type { Mailer } from './modules/notifications/notifications.model.ts';
import { sendPasswordResetMail } from './modules/notifications/notifications.service.ts';
import {
  type OrderMailJob,
  orderMailConsumer,
  SEND_ORDER_MAIL,
  sendOrderMail,
} from './modules/notifications/order-mails.service.ts';
import { expireOrders, getOrder } from './modules/orders/orders.service.ts';
import { closeCheckouts } from './modules/payments/checkout.service.ts';
import { finishCheckout } from './modules/payments/finish-checkout.service.ts';
import { sendRefund } from './modules/payments/refunds.service.ts';
import { repairPayments } from './modules/payments/repairs.service.ts';
import type { StripeGateway } from './modules/payments/stripe.gateway.ts';
import { applyEvent } from './modules/payments/webhooks.service.ts';
import {
  DELIVER_WEBHOOK,
  deliverWebhook,
  forgetDeliveries,
  measureWebhooks,
  repairWebhooks,
  webhookConsumer,
} from './modules/webhooks/deliver.service.ts';
import type { WebhookSender } from './modules/webhooks/webhook-post.gateway.ts';
import { newId } from './shared/ids.ts';
import { withCorrelation } from './telemetry/context.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';

export interface WorkerDeps {
  readonly pool: pg.Pool;
  readonly db: Db;
  readonly stripe: StripeGateway;
  readonly mailer: Mailer;
  readonly webhooks: WebhookSender;
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type RepairDeps = Pick<WorkerDeps, 'db' | 'logger' | 'metrics'>;

const SWEEP_EVERY_MS = 1000;
const EXPIRY_BATCH = 200;
const REPAIR_EVERY_MS = 60_000;
const RELAY_EVERY_MS = 200;
const MEASURE_EVERY_MS = 5000;
const JOBS_AT_ONCE = 4;
/** Jobs that wait for other people's servers have slots of their own, so that the shop's go on whatever hangs. */
const OUTGOING_AT_ONCE = 10;
const crontab = '17 * * * * sweep_hourly';

/**
 * Runs the jobs and sweeps until told to stop, then waits for those under way. Any number may run side by side:
 * each job is taken by one, and sweeps skip what another holds.
 */
export async function startWorker(deps: WorkerDeps): Promise<{ stop(): Promise<void> }> {
  const { db, logger, metrics } = deps;
  const runners = [
    await startJobRunner(deps, { taskList: tasks(deps), concurrency: JOBS_AT_ONCE, crontab }),
    await startJobRunner(deps, { taskList: outgoingTasks(deps), concurrency: OUTGOING_AT_ONCE }),
  ];
  const sweep = repeat(SWEEP_EVERY_MS, async () => {
    let expired = 0;
    do {
      expired = await expireOrders(db, EXPIRY_BATCH);
      metrics.ordersExpired.inc(expired);
    } while (expired === EXPIRY_BATCH);
  });
  sweep.onError((error) =>
    logger.warn({ err: error }, 'expiry sweep failed; it will be tried again'),
  );
  const repairs = repeat(REPAIR_EVERY_MS, () => repair(deps));
  repairs.onError((error) =>
    logger.warn({ err: error }, 'repair sweep failed; it will be tried again'),
  );
  const measuring = repeat(MEASURE_EVERY_MS, () => measureWebhooks({ db, metrics }));
  measuring.onError((error) => logger.warn({ err: error }, 'what waits could not be measured'));
  const broker = createInProcessBroker({ db, metrics }, consumers());
  const relay = createRelay({ db, broker, source: deps.publicUrl, logger, metrics });
  const relaying = repeat(RELAY_EVERY_MS, async () => {
    while ((await relay.round()) === RELAY_BATCH);
  });
  relaying.onError((error) =>
    logger.warn({ err: error }, 'sending events on failed; it will be tried again'),
  );
  return {
    async stop() {
      await Promise.all([sweep.stop(), repairs.stop(), relaying.stop(), measuring.stop()]);
      await relay.release().catch((error) => logger.warn({ err: error }, 'lease kept to its end'));
      await broker.close();
      await Promise.all(runners.map((runner) => runner.stop())).catch((error) =>
        logger.warn({ err: error }, 'job runner stopped uncleanly'),
      );
    },
  };
}

/** Finishes what crashes leave, and counts the jobs that only a person can help. Any instance may, at any time. */
export async function repair({ db, logger, metrics }: RepairDeps): Promise<void> {
  await freeAbandonedJobs(db);
  await repairPayments({ db, logger });
  await repairWebhooks({ db, logger });
  metrics.jobsDead.reset();
  for (const { task, dead } of await countDeadJobs(db)) metrics.jobsDead.set({ task }, dead);
}

/** Who acts on the shop's events. */
function consumers(): readonly Consumer[] {
  return [webhookConsumer, orderMailConsumer];
}

function tasks(deps: WorkerDeps): TaskList {
  const { db, mailer, publicUrl, logger } = deps;
  return {
    apply_stripe_event: job<{ eventId: string }>(({ eventId }) => applyEvent(deps, eventId)),
    close_checkouts: job<{ orderIds: string[] }>(({ orderIds }) => closeCheckouts(deps, orderIds)),
    finish_checkout: job<{ checkoutId: string }>(({ checkoutId }) =>
      finishCheckout(deps, checkoutId),
    ),
    send_refund: job<{ refundId: string }>(({ refundId }) => sendRefund(deps, refundId)),
    [SEND_PASSWORD_RESET]: job<{ email: string }>((payload) =>
      sendPasswordReset(
        { db, publicUrl, logger, sendMail: (mail) => sendPasswordResetMail(mailer, mail) },
        payload,
      ),
    ),
    sweep_hourly: async () => {
      await expireKeys(db);
      await sweepCarts(db);
      await sweepIdentity(db);
      await forgetFullBuckets(db);
      await forgetDeliveries(db);
    },
  };
}

function outgoingTasks(deps: WorkerDeps): TaskList {
  const { db, mailer, publicUrl } = deps;
  const orderOf = (id: string) => getOrder(db, null, id);
  return {
    [SEND_ORDER_MAIL]: job<OrderMailJob>((payload) =>
      sendOrderMail({ mailer, publicUrl, orderOf }, payload),
    ),
    [DELIVER_WEBHOOK]: job<{ deliveryId: string }>((payload) => deliverWebhook(deps, payload)),
  };
}

/** A job under the correlation id of what caused it. */
function job<P>(work: (payload: P) => Promise<void>): Task {
  return (payload) => {
    const { correlationId, ...rest } = payload as P & { correlationId?: string | null };
    return withCorrelation(correlationId ?? newId(), () => work(rest as P));
  };
}

/** Repeats work with a pause between the end of one round and the next. */
function repeat(pauseMs: number, work: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let report: (error: unknown) => void = () => {};
  let round: Promise<void> = Promise.resolve();
  const next = () => {
    round = work()
      .catch((error: unknown) => report(error))
      .then(() => {
        if (!stopped) timer = setTimeout(next, pauseMs);
      });
  };
  timer = setTimeout(next, pauseMs);
  return {
    onError(handler: (error: unknown) => void): void {
      report = handler;
    },
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
