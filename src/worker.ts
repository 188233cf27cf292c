import type { Task, TaskList } from 'graphile-worker';
import type pg from 'pg';
import type { Db } from './database/database.ts';
import { repeat, startJobs } from './events/job-runner.ts';
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

const SWEEP_EVERY_MS = 1000;
const EXPIRY_BATCH = 200;

/**
 * Runs the jobs and sweeps until told to stop, then waits for those under way. Any number may run side by side:
 * each job is taken by one, and sweeps skip what another holds.
 */
export async function startWorker(deps: WorkerDeps): Promise<{ stop(): Promise<void> }> {
  const { db, logger, metrics } = deps;
  const jobs = await startJobs(db, logger, {
    pgPool: deps.pool,
    taskList: tasks(deps),
    concurrency: 4,
    pollInterval: 1000,
    crontab: '17 * * * * sweep_hourly',
  });
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
  return {
    async stop() {
      await sweep.stop();
      await jobs.stop();
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
