import type { Task, TaskList } from 'graphile-worker';
import { newId } from '../shared/ids.ts';
import type { ActivityLog } from '../telemetry/activity.ts';
import { newMarks, withCorrelation } from '../telemetry/context.ts';
import type { Cause } from '../telemetry/spans.ts';

/** The tasks, each attempt noted that was about an order or failed. */
export function noteJobs(activity: ActivityLog, tasks: TaskList): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, noted(activity, name, task as Task)]),
  );
}

function noted(activity: ActivityLog, name: string, task: Task): Task {
  return async (payload, helpers) => {
    const envelope = payload as Partial<Cause>;
    const correlationId = envelope.correlationId ?? newId();
    const marks = newMarks();
    const started = performance.now();
    const note = (outcome: 'ok' | 'refused' | 'failed', code: string | null) => {
      if (outcome !== 'failed' && marks.orders.size === 0) return;
      const durationMs = Math.round(performance.now() - started);
      activity.note(
        {
          kind: 'job',
          name,
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
      await withCorrelation(
        correlationId,
        () => task({ ...envelope, correlationId }, helpers),
        marks,
      );
    } catch (error) {
      note('failed', errorCode(error));
      throw error;
    }
    note(marks.code === null ? 'ok' : 'refused', marks.code);
  };
}

/** Names the kind of a failure, never its message, which may quote input. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, reason, cause } = error as { code?: unknown; reason?: unknown; cause?: unknown };
  const own = [code, reason].find(
    (word) => typeof word === 'string' && /^[\w.-]{1,64}$/.test(word),
  );
  if (own !== undefined) return String(own);
  return cause instanceof Error && error.name === 'Error' ? errorCode(cause) : error.name;
}
