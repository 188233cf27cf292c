import { newId } from '../shared/ids.ts';
import type { WorkMarks } from './context.ts';
import type { Metrics } from './metrics.ts';

/** How work ended: done, refused for what was asked, or failed for a reason of ours or of others. */
export type ActivityOutcome = 'ok' | 'refused' | 'failed';

/** One request or one attempt at a job. It quotes no input: templates, codes and ids alone. */
export interface ActivityEntry {
  readonly id: string;
  /** When it began. */
  readonly at: Date;
  readonly kind: 'request' | 'job';
  /** Method and route's template, or the task. */
  readonly name: string;
  readonly outcome: ActivityOutcome;
  /** Of the response; null for jobs. */
  readonly status: number | null;
  readonly code: string | null;
  readonly durationMs: number;
  readonly correlationId: string;
  readonly traceId: string | null;
  readonly orderId: string | null;
  /** Tells actors apart without naming them. */
  readonly actorHash: string | null;
}

export type ActivityLog = ReturnType<typeof createActivityLog>;

/** What waits to be written down at most: some seconds of a busy shop, some minutes of a database that is away. */
const MOST_WAITING = 5000;
/** A sweep closes the payment pages of hundreds of orders at once; each of them is told so. */
const MOST_ORDERS = 500;

/**
 * What was done for orders, or failed, kept until it is written down. It never holds up the work: where more comes
 * than is written, the oldest is dropped and counted.
 */
export function createActivityLog({ metrics }: { metrics: Pick<Metrics, 'activityDropped'> }) {
  let waiting: ActivityEntry[] = [];

  function bounded(): void {
    const over = waiting.length - MOST_WAITING;
    if (over <= 0) return;
    waiting.splice(0, over);
    metrics.activityDropped.inc(over);
  }

  return {
    /** Notes work, once for each order that it was about. */
    note(
      work: Omit<ActivityEntry, 'id' | 'at' | 'orderId' | 'traceId'>,
      { marks, orders }: { marks: WorkMarks; orders: ReadonlySet<string> },
    ): void {
      const at = new Date(Date.now() - work.durationMs);
      const about = orders.size === 0 ? [null] : [...orders].slice(0, MOST_ORDERS);
      for (const orderId of about)
        waiting.push({ ...work, id: newId(), at, orderId, traceId: marks.traceId });
      bounded();
    },
    /** Takes out what waits. */
    take(): ActivityEntry[] {
      const taken = waiting;
      waiting = [];
      return taken;
    },
    /** Gives back what could not be written. */
    putBack(entries: readonly ActivityEntry[]): void {
      waiting = [...entries, ...waiting];
      bounded();
    },
    /** Gives up what cannot be written at all. */
    drop(entries: readonly ActivityEntry[]): void {
      metrics.activityDropped.inc(entries.length);
    },
  };
}
