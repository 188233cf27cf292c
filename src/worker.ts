import { Logger as JobLogger, run, type Task, type TaskList } from 'graphile-worker';
import type pg from 'pg';
import type { Db } from './database/database.ts';
import type { Consumer } from './events/consumer.ts';
import { createInProcessBroker } from './events/in-process-broker.ts';
import { startRelay } from './events/relay.ts';
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
import { expireOrders } from './modules/orders/orders.service.ts';
import { closeCheckouts } from './modules/payments/checkout.service.ts';
import { sendRefund } from './modules/payments/refunds.service.ts';
import type { StripeGateway } from './modules/payments/stripe.gateway.ts';
import { applyEvent } from './modules/payments/webhooks.service.ts';
import { newId } from './shared/ids.ts';
import { withCorrelation } from './telemetry/context.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';

export interface WorkerDeps {
  readonly pool: pg.Pool;
  readonly db: Db;
  readonly stripe: StripeGateway;
  readonly mailer: Mailer;
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Who acts on the shop's events. */
const consumers: readonly Consumer[] = [];

const SWEEP_EVERY_MS = 1000;
const EXPIRY_BATCH = 200;

/**
 * Runs the jobs, the sweeps and the relay of events until told to stop, then waits for what is under way. Any number
 * may run side by side: each job is taken by one, sweeps skip what another holds, and one at a time relays.
 */
export async function startWorker(deps: WorkerDeps): Promise<{ stop(): Promise<void> }> {
  const { db, logger, metrics } = deps;
  const runner = await run({
    pgPool: deps.pool,
    taskList: tasks(deps),
    concurrency: 4,
    pollInterval: 1000,
    noHandleSignals: true,
    crontab: '17 * * * * sweep_hourly',
    logger: jobLogger(logger),
  });
  runner.promise.catch((error) => logger.error({ err: error }, 'job runner ended'));
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
  const broker = createInProcessBroker({ db, metrics }, consumers);
  const relay = startRelay({ db, broker, source: deps.publicUrl, logger, metrics });
  return {
    async stop() {
      await Promise.all([sweep.stop(), relay.stop()]);
      await broker.close();
      await runner
        .stop()
        .catch((error) => logger.warn({ err: error }, 'job runner stopped uncleanly'));
    },
  };
}

function tasks(deps: WorkerDeps): TaskList {
  const { db, mailer, publicUrl, logger } = deps;
  return {
    apply_stripe_event: job<{ eventId: string }>(({ eventId }) => applyEvent(deps, eventId)),
    close_checkouts: job<{ orderIds: string[] }>(({ orderIds }) => closeCheckouts(deps, orderIds)),
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
    },
  };
}

/** A job under the correlation id of what caused it. */
function job<P>(work: (payload: P) => Promise<void>): Task {
  return (payload) => {
    const { correlationId, ...rest } = payload as P & { correlationId?: string | null };
    return withCorrelation(correlationId ?? newId(), () => work(rest as P));
  };
}

/** The queue's own messages in our log: failures as warnings, the rest only for debugging. */
function jobLogger(logger: Logger): JobLogger {
  return new JobLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') logger.warn({ source: 'jobs' }, message);
    else logger.debug({ source: 'jobs' }, message);
  });
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
