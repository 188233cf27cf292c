import { SpanKind } from '@opentelemetry/api';
import type { JobHelpers, Task } from 'graphile-worker';
import { newId } from '../shared/ids.ts';
import type { ActivityLog, ActivityOutcome } from '../telemetry/activity.ts';
import { newMarks, type WorkMarks, withCorrelation } from '../telemetry/context.ts';
import { kindOfFailure } from '../telemetry/failure-kind.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Cause, contextOf, inSpan } from '../telemetry/spans.ts';

interface JobDeps {
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'jobDuration'>;
  readonly activity: ActivityLog;
}

/** One piece of work: what it is called, the how many-th attempt it is, and what caused it. */
interface Piece {
  readonly task: string;
  readonly attempt: number;
  readonly cause: Cause;
}

export type Perform = (piece: Piece, work: () => Promise<void>) => Promise<void>;

/**
 * Has work done under the correlation id, and in the trace, of what caused it. Each attempt is measured and logged, and
 * noted where it was about an order or failed.
 */
export function performer(deps: JobDeps): Perform {
  return ({ task, attempt, cause: { correlationId, traceparent } }, work) => {
    const id = correlationId ?? newId();
    const marks = newMarks();
    const run = () => watched(deps, { task, attempt, correlationId: id, marks }, work);
    return inSpan(
      `job ${task}`,
      { 'mainstay.correlation.id': id },
      () => withCorrelation(id, run, marks),
      { kind: SpanKind.CONSUMER, parent: contextOf(traceparent) },
    );
  };
}

/** Makes tasks whose jobs are performed with the cause that they were enqueued with. */
export function jobMaker(perform: Perform) {
  return function job<P>(work: (payload: P) => Promise<void>): Task {
    return (payload, { job: { task_identifier: task, attempts: attempt } }: JobHelpers) => {
      const { correlationId = null, traceparent = null, ...rest } = payload as P & Partial<Cause>;
      const cause = { correlationId, traceparent };
      return perform({ task, attempt, cause }, () => work(rest as P));
    };
  };
}

/** One attempt at a job. */
interface Attempt {
  readonly task: string;
  readonly attempt: number;
  readonly correlationId: string;
  readonly marks: WorkMarks;
}

async function watched(
  { logger, metrics, activity }: JobDeps,
  { task, attempt, correlationId, marks }: Attempt,
  work: () => Promise<void>,
): Promise<void> {
  const stop = metrics.jobDuration.startTimer({ task });
  const note = (seconds: number, outcome: ActivityOutcome, code: string | null) => {
    if (outcome !== 'failed' && marks.orders.size === 0) return;
    const durationMs = Math.round(seconds * 1000);
    activity.note(
      {
        kind: 'job',
        name: task,
        outcome,
        status: null,
        code,
        durationMs,
        correlationId,
        actorHash: null,
      },
      { marks, orders: marks.orders },
    );
  };
  try {
    await work();
  } catch (error) {
    const seconds = stop({ outcome: 'failed' });
    note(seconds, 'failed', kindOfFailure(error));
    const about = { task, attempt, duration: toMs(seconds), err: error };
    logger.warn(about, 'job failed; it will be tried again');
    throw error;
  }
  const seconds = stop({ outcome: 'done' });
  note(seconds, marks.code === null ? 'ok' : 'refused', marks.code);
  logger.info({ task, attempt, duration: toMs(seconds) }, 'job done');
}

/** Seconds as milliseconds, to the hundredth. */
function toMs(seconds: number): number {
  return Math.round(seconds * 100_000) / 100;
}
