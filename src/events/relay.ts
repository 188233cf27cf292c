import { setTimeout } from 'node:timers/promises';
import type { Db } from '../database/database.ts';
import { newId } from '../shared/ids.ts';
import { withCorrelation } from '../telemetry/context.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { inSpan } from '../telemetry/spans.ts';
import type { Broker } from './broker.ts';
import { beginQueueing, queueForBroker } from './broker-queue.ts';
import { cloudEventOf } from './cloud-event.ts';
import {
  holdLease,
  isAnyWaiting,
  markAway,
  markFailed,
  markPublished,
  nextEvents,
  type Queue,
  releaseLease,
  type WaitingEvent,
} from './outbox.repository.ts';

export interface RelayDeps {
  readonly db: Db;
  readonly broker: Broker;
  readonly queue: Queue;
  /** Of the envelope: the shop's public URL. */
  readonly source: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Under which name each queue's relays agree on who does it. */
const LEASES = { outbox_events: 'outbox', broker_events: 'broker' };
/** How long events wait when the instance that sends them on dies. */
const LEASE_SECONDS = 5;
const IDLE_MS = 200;
const MOST_IDLE_MS = 5000;

/** Most events of a round. */
export const RELAY_BATCH = 500;

/** Sends a queue on, in order per stream, each event at least once. One instance at a time does it. */
export function createRelay(deps: RelayDeps) {
  const { db, queue } = deps;
  const lease = LEASES[queue];
  const holder = newId();
  let isQueued = queue === 'outbox_events';
  const hold = () => holdLease(db, lease, holder, LEASE_SECONDS);
  return {
    /** Sends on what waits now; returns how many events that was, none while another instance does it. */
    async round(): Promise<number> {
      if (!isQueued) await beginQueueing(db);
      isQueued = true;
      // A look first, so that an idle shop writes nothing.
      if (!(await isAnyWaiting(db, queue)) || !(await hold())) return 0;
      const rows = await nextEvents(db, queue, RELAY_BATCH);
      if (rows.length > 0)
        await inSpan('relay events', { 'mainstay.batch.size': rows.length }, () =>
          whileHolding(hold, () => sendOn(deps, rows)),
        );
      return rows.length;
    },
    /** Gives the work to another instance. */
    release: () => releaseLease(db, lease, holder),
  };
}

/** Sends a queue on until told to stop, which waits for the round under way and lets another instance go on. */
export function startRelay(deps: RelayDeps): { stop(): Promise<void> } {
  const { logger } = deps;
  const relay = createRelay(deps);
  const stopping = new AbortController();
  const { signal } = stopping;
  const working = (async () => {
    let failures = 0;
    while (!signal.aborted) {
      let sent = 0;
      try {
        sent = await relay.round();
        failures = 0;
      } catch (error) {
        failures += 1;
        // Of what goes on for hours the first few are told, and ever fewer.
        if (Number.isInteger(Math.log2(failures)))
          logger.warn({ err: error }, 'sending events on failed; it will be tried again');
      }
      if (sent < RELAY_BATCH) await idle(failures, signal);
    }
    await relay.release().catch((error) => logger.warn({ err: error }, 'lease kept to its end'));
  })();
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

/** A pause at random, so that instances do not look all at once; longer after each failure in a row. */
async function idle(failures: number, signal: AbortSignal): Promise<void> {
  const pauseMs = Math.min(IDLE_MS * 2 ** failures, MOST_IDLE_MS) * (0.5 + Math.random());
  await setTimeout(pauseMs, null, { signal }).catch(() => {});
}

/** Does work of any length while it keeps the lease. Where that fails others may repeat it, which is harmless. */
async function whileHolding(
  hold: () => Promise<boolean>,
  work: () => Promise<void>,
): Promise<void> {
  let held: Promise<unknown> = Promise.resolve();
  const keep = () => {
    held = held.then(hold).catch(() => false);
  };
  const beat = setInterval(keep, (LEASE_SECONDS * 1000) / 3);
  try {
    await work();
  } finally {
    clearInterval(beat);
    await held;
  }
}

async function sendOn(deps: RelayDeps, rows: readonly WaitingEvent[]): Promise<void> {
  const readAt = performance.now();
  const { db, broker, source, queue } = deps;
  const metrics = deps.metrics.sending[queue];
  if (queue === 'outbox_events')
    await queueForBroker(
      db,
      rows.map(({ id }) => id),
    );
  const answers = await broker.publish(rows.map((row) => cloudEventOf(row, source)));
  const arrived: WaitingEvent[] = [];
  const failed = new Map<string, unknown>();
  const away = new Map<string, unknown>();
  for (const [index, row] of rows.entries()) {
    const answer = answers[index];
    if (answer?.kind === 'arrived') arrived.push(row);
    if (answer?.kind === 'failed') failed.set(row.id, answer.error);
    if (answer?.kind === 'away') away.set(row.id, answer.error);
  }
  if (arrived.length > 0)
    metrics.published.inc(
      await markPublished(
        db,
        queue,
        arrived.map(({ id }) => id),
      ),
    );
  const since = (performance.now() - readAt) / 1000;
  for (const { waited } of arrived) metrics.delay.observe(waited + since);
  if (failed.size > 0) await noteFailures(deps, failed);
  if (away.size > 0) await noteAway(deps, away);
}

async function noteAway(
  { db, queue, logger }: RelayDeps,
  causes: ReadonlyMap<string, unknown>,
): Promise<void> {
  await markAway(db, queue, withMessages(causes));
  const [err] = causes.values();
  logger.warn({ err, streams: causes.size }, 'a part of the broker is away: what goes there waits');
}

function withMessages(causes: ReadonlyMap<string, unknown>): { id: string; error: string }[] {
  return [...causes].map(([id, cause]) => ({
    id,
    error: cause instanceof Error ? cause.message : String(cause),
  }));
}

async function noteFailures(
  { db, queue, logger, metrics }: RelayDeps,
  causes: ReadonlyMap<string, unknown>,
): Promise<void> {
  for (const { id, type, attempts, correlation_id, dead } of await markFailed(
    db,
    queue,
    withMessages(causes),
  )) {
    metrics.sending[queue].failures.inc();
    const facts = { err: causes.get(id), eventId: id, type, attempts };
    withCorrelation(correlation_id ?? id, () => {
      if (dead) logger.error(facts, 'event given up on');
      else logger.warn(facts, 'event not sent on; it will be tried again');
    });
  }
}
