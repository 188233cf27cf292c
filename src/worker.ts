import type pg from 'pg';
import type { BrokerConfig } from './config/broker.ts';
import type { Consumer } from './events/consumer.ts';
import { openBroker } from './events/external-broker.ts';
import { createInProcessBroker } from './events/in-process-broker.ts';
import { startJobs } from './events/job-runner.ts';
import { startRelay } from './events/relay.ts';
import { repairImports } from './modules/catalog/import-job.service.ts';
import { orderMailConsumer } from './modules/notifications/order-mails.service.ts';
import { expireOrders } from './modules/orders/orders.service.ts';
import { repairPayments } from './modules/payments/repairs.service.ts';
import {
  measureWebhooks,
  repairWebhooks,
  webhookConsumer,
} from './modules/webhooks/deliver.service.ts';
import { repeat } from './shared/repeat.ts';
import { crontab, keyedTasks, outgoingTasks, shopTasks, type TaskDeps } from './tasks.ts';

export interface WorkerDeps extends TaskDeps {
  /** Connections that stay sessions of their own: the queue listens. */
  readonly sessions: pg.Pool;
  /** Where events are published too; null: nowhere. */
  readonly eventBroker: () => BrokerConfig | null;
}

type RepairDeps = Pick<WorkerDeps, 'db' | 'logger'>;

const SWEEP_EVERY_MS = 1000;
const EXPIRY_BATCH = 200;
const REPAIR_EVERY_MS = 60_000;
const MEASURE_EVERY_MS = 5000;
const JOBS_AT_ONCE = 4;
const OUTGOING_AT_ONCE = 16;

/** Who acts on the shop's events. */
const consumers: readonly Consumer[] = [webhookConsumer, orderMailConsumer];

/**
 * Runs the jobs, the sweeps and the relay until told to stop, then waits for what is under way. Any number may run
 * side by side: each job is taken by one, sweeps skip what another holds, and one relay at a time sends events on.
 */
export async function startWorker(deps: WorkerDeps): Promise<{ stop(): Promise<void> }> {
  const { db, logger, metrics } = deps;
  const warn = (message: string) => (error: unknown) => logger.warn({ err: error }, message);
  const options = { pgPool: deps.sessions, pollInterval: 1000, keyed: keyedTasks };
  const jobs = await startJobs(db, logger, {
    ...options,
    taskList: shopTasks(deps),
    concurrency: JOBS_AT_ONCE,
    crontab,
  });
  const outgoing = await startJobs(db, logger, {
    ...options,
    taskList: outgoingTasks(deps),
    concurrency: OUTGOING_AT_ONCE,
  });
  const expiry = repeat(
    SWEEP_EVERY_MS,
    () => expireOverdue(deps),
    warn('expiry sweep failed; it will be tried again'),
  );
  const repairs = repeat(
    REPAIR_EVERY_MS,
    () => repair(deps),
    warn('repair sweep failed; it will be tried again'),
  );
  const measuring = repeat(
    MEASURE_EVERY_MS,
    () => measureWebhooks({ db, metrics }),
    warn('what waits could not be measured'),
  );
  const relays = await startRelays(deps);
  return {
    async stop() {
      // All at once: while a slow broker is waited for no job is begun that the end of the process would cut off.
      await Promise.all(
        [expiry, repairs, measuring, relays, jobs, outgoing].map((part) => part.stop()),
      );
    },
  };
}

/** Events go to the shop's own consumers here and, beside that and however it does, to the broker of others. */
async function startRelays({ db, logger, metrics, publicUrl: source, eventBroker }: WorkerDeps) {
  const inProcess = createInProcessBroker({ db, logger, metrics }, consumers);
  const external = await openBroker(eventBroker, { logger, metrics });
  const common = { db, source, logger, metrics };
  const relays = [
    startRelay({ ...common, broker: inProcess, queue: 'outbox_events' }),
    ...(external ? [startRelay({ ...common, broker: external, queue: 'broker_events' })] : []),
  ];
  return {
    async stop() {
      await Promise.all(relays.map((relay) => relay.stop()));
      await external?.close();
    },
  };
}

async function expireOverdue({ db, metrics }: WorkerDeps): Promise<void> {
  let expired = 0;
  do {
    expired = await expireOrders(db, EXPIRY_BATCH);
    metrics.ordersExpired.inc(expired);
  } while (expired === EXPIRY_BATCH);
}

/** Finishes what crashes leave. Any instance may, at any time. */
export async function repair({ db, logger }: RepairDeps): Promise<void> {
  await repairPayments({ db, logger });
  await repairWebhooks({ db, logger });
  await repairImports({ db, logger });
}
