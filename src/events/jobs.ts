import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { correlationId } from '../telemetry/context.ts';
import { traceparent } from '../telemetry/spans.ts';

/** What every job carries beside its own payload. */
export interface JobEnvelope {
  /** Of the request or job that enqueued it; null outside any. */
  readonly correlationId: string | null;
  /** The trace that the job goes on with; null where nothing is traced. */
  readonly traceparent: string | null;
}

/**
 * Enqueues a job with the statement's transaction: it runs only if that commits, at least once.
 * A `jobKey` replaces the job that waits under the same key; `runAt` delays it.
 */
export async function enqueueJob(
  tx: Db,
  task: string,
  payload: Readonly<Record<string, unknown>>,
  { runAt, jobKey }: { runAt?: Date; jobKey?: string } = {},
): Promise<void> {
  const envelope: JobEnvelope = { correlationId: correlationId(), traceparent: traceparent() };
  await sql`
    SELECT FROM graphile_worker.add_job(
      identifier => ${task}::text,
      payload => ${JSON.stringify({ ...payload, ...envelope })}::json,
      run_at => ${runAt ?? null}::timestamptz,
      job_key => ${jobKey ?? null}::text
    )`.execute(tx);
}
