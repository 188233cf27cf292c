import type { Db } from '../../database/database.ts';
import { type Instance, readInstances } from '../../database/instances.ts';
import type { ActivityEntry } from '../../telemetry/activity.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { version } from '../../telemetry/version.ts';
import { reconciliationStatus } from '../reconciliation/status.service.ts';
import { recentFailures } from '../story/activity.service.ts';
import { type Part, partsOf, type Readings } from './operations.model.ts';
import {
  type RunningStatement,
  readOutgoing,
  runningStatements,
  type SlowStatement,
  slowStatements,
} from './operations.repository.ts';

export interface Operations {
  readonly parts: readonly Part[];
  /** Every process of the shop that says that it runs. */
  readonly instances: readonly Instance[];
  readonly failures: readonly ActivityEntry[];
  /** null: the server keeps no statistics of statements. */
  readonly slow: readonly SlowStatement[] | null;
  readonly running: readonly RunningStatement[];
}

const FAILURES = 20;
const STATEMENTS = 10;

/** How the shop does, part by part, as this process and the database see it. */
export async function readOperations({
  db,
  metrics,
}: {
  db: Db;
  metrics: Metrics;
}): Promise<Operations> {
  // Before this page asks for connections itself.
  const pool = metrics.pool();
  const readings = { ...(await read(db, metrics)), pool };
  return {
    parts: partsOf(readings),
    instances: readings.instances,
    failures: await recentFailures(db, FAILURES),
    slow: await slowStatements(db, STATEMENTS),
    running: await runningStatements(db, STATEMENTS),
  };
}

async function read(db: Db, metrics: Metrics): Promise<Omit<Readings, 'pool'>> {
  const [vitals, queue, outbox, broker, stripeEvents, openWork] = await Promise.all([
    metrics.vitals.read(),
    metrics.queue.read(),
    metrics.outboxBacklog.read(),
    metrics.brokerBacklog.read(),
    metrics.webhookBacklog.read(),
    metrics.openWork.read(),
  ]);
  const [circuits, instances, outgoing, { run }] = await Promise.all([
    readCircuits(metrics),
    readInstances(db),
    readOutgoing(db),
    reconciliationStatus(db),
  ]);
  return {
    now: new Date(),
    version,
    uptimeSeconds: process.uptime(),
    circuits,
    vitals,
    replicas: metrics.replicas(),
    queue,
    outbox,
    broker,
    stripeEvents,
    openWork,
    instances,
    outgoing,
    run,
  };
}

async function readCircuits({ dependencyCircuit }: Metrics): Promise<Readings['circuits']> {
  const { values } = await dependencyCircuit.get();
  return Object.fromEntries(values.map(({ labels, value }) => [String(labels.dependency), value]));
}
