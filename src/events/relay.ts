import { setTimeout } from 'node:timers/promises';
import type { Db } from '../database/database.ts';
import { newId } from '../shared/ids.ts';
import { withCorrelation } from '../telemetry/context.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Broker } from './broker.ts';
import { cloudEventOf } from './cloud-event.ts';
import { holdLease, releaseLease } from './lease.ts';
import { isAnyWaiting, markFailed, markPublished, nextEvents } from './outbox.repository.ts';
import type { OutboxRow } from './outbox.ts';

export interface RelayDeps {
  readonly db: Db;
  readonly broker: Broker;
  /** The shop's public URL. */
  readonly source: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const BATCH = 500;
/** How long events wait, at most, when the instance that publishes them dies. */
const LEASE_SECONDS = 10;
const IDLE_MS = 200;
const MOST_IDLE_MS = 5000;

/**
 * Publishes the outbox through the broker: every event at least once, those of a stream in order, by one instance
 * at a time.
 */
export function createRelay(deps: RelayDeps) {
  const { db } = deps;
  const lease = { name: 'outbox', holder: newId(), seconds: LEASE_SECONDS };
  const hold = () => holdLease(db, lease);
  return {
    /** Publishes one batch. Returns whether there may be more to do at once. */
    async round(): Promise<boolean> {
      // A look first, so that an idle shop writes nothing.
      if (!(await isAnyWaiting(db)) || !(await hold())) return false;
      const rows = await nextEvents(db, BATCH);
      if (rows.length > 0) await keeping(hold, () => publish(deps, rows));
      return rows.length === BATCH;
    },
    /** Lets another instance go on at once. */
    release: () => releaseLease(db, lease),
  };
}

/** Runs rounds until told to stop, which waits for the one under way and gives the lease back. */
export function startRelay(deps: RelayDeps): { stop(): Promise<void> } {
  const { logger } = deps;
  const relay = createRelay(deps);
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = async () => {
    let failures = 0;
    while (!signal.aborted) {
      let more = false;
      try {
        more = await relay.round();
        failures = 0;
      } catch (error) {
        failures += 1;
        logger.warn({ err: error }, 'the relay failed; it will try again');
      }
      const pauseMs = Math.min(IDLE_MS * 2 ** failures, MOST_IDLE_MS) * (0.5 + Math.random());
      if (!more) await setTimeout(pauseMs, null, { signal }).catch(() => {});
    }
    await relay
      .release()
      .catch((error) => logger.warn({ err: error }, 'the relay’s lease was left to lapse'));
  };
  const working = work();
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

/** Does work of any length while the lease is held on to; where that fails, the next round finds out. */
async function keeping(hold: () => Promise<boolean>, work: () => Promise<void>): Promise<void> {
  let held: Promise<unknown> = Promise.resolve();
  const beat = setInterval(
    () => {
      held = held.then(hold).catch(() => false);
    },
    (LEASE_SECONDS * 1000) / 3,
  );
  try {
    await work();
  } finally {
    clearInterval(beat);
    await held;
  }
}

async function publish(deps: RelayDeps, rows: readonly OutboxRow[]): Promise<void> {
  const { db, broker, source, metrics } = deps;
  const results = await broker.publish(rows.map((row) => cloudEventOf(row, source)));
  const arrived = rows.filter((_row, index) => results[index]?.kind === 'arrived');
  const failed = rows.flatMap(({ id }, index) => {
    const result = results[index];
    return result?.kind === 'failed' ? [{ id, cause: result.error }] : [];
  });
  if (arrived.length > 0)
    metrics.outboxPublished.inc(
      await markPublished(
        db,
        arrived.map(({ id }) => id),
      ),
    );
  if (failed.length > 0) await noteFailures(deps, failed);
}

async function noteFailures(
  { db, logger, metrics }: RelayDeps,
  failed: readonly { id: string; cause: unknown }[],
): Promise<void> {
  const causes = new Map(failed.map(({ id, cause }) => [id, cause]));
  const attempts = await markFailed(
    db,
    failed.map(({ id, cause }) => ({
      id,
      error: cause instanceof Error ? cause.message : String(cause),
    })),
  );
  metrics.outboxFailures.inc(attempts.length);
  for (const { id, correlation_id, dead, ...about } of attempts)
    withCorrelation(correlation_id ?? id, () => {
      const facts = { err: causes.get(id), eventId: id, ...about };
      if (dead) logger.error(facts, 'event given up on; its stream goes on without it');
      else logger.warn(facts, 'event not published; it will be tried again');
    });
}
