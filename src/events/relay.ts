import type { Db } from '../database/database.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Broker } from './broker.ts';
import { cloudEventOf } from './cloud-event.ts';
import {
  holdLease,
  isAnyWaiting,
  markFailed,
  markPublished,
  nextEvents,
  type OutboxRow,
  releaseLease,
} from './outbox.repository.ts';

export interface RelayDeps {
  readonly db: Db;
  readonly broker: Broker;
  /** Of the envelope: the shop's public URL. */
  readonly source: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const LEASE = 'outbox';
/** Longer than a round takes; how long events wait when the instance that sends them on dies. */
const LEASE_SECONDS = 5;
const MOST_ATTEMPTS = 10;
const BACKOFF_BASE_MS = 200;
const BACKOFF_CAP_MS = 60_000;

/** Most events of a round. */
export const RELAY_BATCH = 200;

/** Sends the outbox on, in order per stream, each event at least once. One instance at a time does it. */
export function createRelay(deps: RelayDeps) {
  const holder = newId();
  return {
    /** Sends on what waits now; returns how many events that was, none while another instance does it. */
    async round(): Promise<number> {
      // A look first, so that an idle shop writes nothing.
      if (!(await isAnyWaiting(deps.db))) return 0;
      if (!(await holdLease(deps.db, LEASE, holder, LEASE_SECONDS))) return 0;
      const rows = await nextEvents(deps.db, RELAY_BATCH);
      if (rows.length > 0) await sendOn(deps, rows);
      return rows.length;
    },
    /** Gives the work to another instance. */
    release: () => releaseLease(deps.db, LEASE, holder),
  };
}

async function sendOn(deps: RelayDeps, rows: readonly OutboxRow[]): Promise<void> {
  const { db, broker, source, metrics } = deps;
  const answers = await broker.publish(rows.map((row) => cloudEventOf(row, source)));
  const arrived = rows.filter((_row, index) => answers[index]?.kind === 'arrived');
  await markPublished(
    db,
    arrived.map(({ id }) => id),
  );
  metrics.outboxPublished.inc(arrived.length);
  for (const [index, row] of rows.entries()) {
    const answer = answers[index];
    if (answer?.kind === 'failed') await noteFailure(deps, row, answer.error);
  }
}

async function noteFailure(
  { db, logger, metrics }: RelayDeps,
  { id, type, attempts }: OutboxRow,
  cause: unknown,
): Promise<void> {
  metrics.outboxFailures.inc();
  const dead = await markFailed(db, id, {
    error: cause instanceof Error ? cause.message : String(cause),
    retryAfterMs: Math.random() * Math.min(BACKOFF_BASE_MS * 2 ** attempts, BACKOFF_CAP_MS),
    most: MOST_ATTEMPTS,
  });
  if (dead) logger.error({ err: cause, eventId: id, type }, 'event given up on');
  else logger.warn({ err: cause, eventId: id, type }, 'event not sent on; it will be tried again');
}
