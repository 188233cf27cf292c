import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { kept } from '../database/kept-plans.ts';
import { currentCause } from '../telemetry/spans.ts';

/** What makes one job other than its task. */
interface JobOptions {
  /** Delays it, by the database's clock: a machine's own may be minutes off. */
  readonly delaySeconds?: number;
  /** Replaces the job that waits under the same key. */
  readonly jobKey?: string;
  /** Jobs of one queue run one at a time. */
  readonly queue?: string;
  /** It begins once no job that does not yield waits for a slot. */
  readonly yields?: boolean;
}

/** A priority behind that of all other jobs, which is 0. */
const YIELDING = 10;

/** Enqueues a job with the statement's transaction: it runs only if that commits, at least once. It carries its cause. */
export async function enqueueJob(
  tx: Db,
  task: string,
  payload: Readonly<Record<string, unknown>>,
  options: JobOptions = {},
): Promise<void> {
  const waited = options.jobKey === undefined ? sql`` : sql`FROM ${hold(sql`${options.jobKey}`)}`;
  await sql`${kept} SELECT ${addingJob(task, payload, options)} ${waited}`.execute(tx);
}

/**
 * One row, once no worker is about to take a job under the keys, nor will be before the transaction ends. Without, one
 * that takes it while the function looks has it on the state of before, and the function adds none: it looks for jobs
 * at work, which this one is not yet, and then for those that wait, which it is no more.
 */
function hold(keys: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT count(*) FROM (${waitingUnder(keys)}) AS waiting) AS held`;
}

/** The jobs that wait under the keys, locked. */
function waitingUnder(keys: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    SELECT key, run_at <= now() AND attempts < max_attempts AS is_due FROM graphile_worker._private_jobs
    WHERE key IN (${keys}) AND locked_at IS NULL ORDER BY key FOR UPDATE`;
}

/** The same as a part of a statement that does more: a call of the function that enqueues. */
export function addingJob(
  task: string,
  payload: Readonly<Record<string, unknown>>,
  { delaySeconds = 0, jobKey, queue, yields = false }: JobOptions = {},
): RawBuilder<unknown> {
  return sql`graphile_worker.add_job(
    identifier => ${task}::text,
    payload => ${JSON.stringify({ ...payload, ...currentCause() })}::json,
    run_at => now() + make_interval(secs => ${delaySeconds}),
    job_key => ${jobKey ?? null}::text,
    queue_name => ${queue ?? null}::text,
    priority => ${yields ? YIELDING : 0}::int
  )`;
}

/**
 * Enqueues a job for each row of `due`, in the statement's transaction and in the trace under way; returns how many. They
 * yield to all others. One that waits under the key and is due stays as it is: nobody takes it before the transaction
 * ends.
 * @param due selects `key`, `payload` (json), `run_at` and `queue`: jobs of one queue run one at a time.
 */
export async function enqueueEach(db: Db, task: string, due: RawBuilder<unknown>): Promise<number> {
  const { traceparent } = currentCause();
  const { rows } = await sql<{ jobs: number }>`
    WITH due AS MATERIALIZED (${due}),
    waiting AS MATERIALIZED (${waitingUnder(sql`SELECT key FROM due`)})
    SELECT count(job) AS jobs FROM (
      SELECT graphile_worker.add_job(
        identifier => ${task}::text,
        payload => (due.payload::jsonb || ${JSON.stringify({ traceparent })}::jsonb)::json, queue_name => due.queue,
        run_at => due.run_at, job_key => due.key, priority => ${YIELDING}::int) AS job
      -- In order, so that two that enqueue under the same keys wait for each other without a deadlock.
      FROM (SELECT * FROM due WHERE key NOT IN (SELECT key FROM waiting WHERE is_due) ORDER BY key) AS due
    ) AS enqueued`.execute(db);
  return rows[0]?.jobs ?? 0;
}

/**
 * Removes jobs that wait and name somebody who is to be forgotten: a mail that was not sent yet. The name is a whole
 * text of the payload: that of somebody else may end with it.
 */
export async function dropJobsNaming(tx: Db, text: string): Promise<void> {
  await sql`
    SELECT count(*) FROM graphile_worker.complete_jobs(ARRAY(
      SELECT id FROM graphile_worker._private_jobs
      WHERE strpos(payload::text, ${JSON.stringify(text)}) > 0 AND locked_at IS NULL))`.execute(tx);
}

const MOST_AT_ONCE = 500;

/**
 * Enqueues jobs that ought to wait and do not, because they were lost or failed for the last time; returns how many.
 * Harmless wherever and however often it runs.
 * @param due selects the `key` and `payload` (json) of what ought to wait.
 * @param queue in which they run one at a time; null: side by side.
 */
export async function enqueueLost(
  db: Db,
  task: string,
  due: RawBuilder<unknown>,
  queue: string | null = null,
): Promise<number> {
  const { rows } = await sql<{ lost: number }>`
    SELECT count(job) AS lost FROM (
      SELECT graphile_worker.add_job(
        identifier => ${task}::text, payload => lost.payload, job_key => lost.key,
        queue_name => ${queue}::text) AS job
      FROM (
        SELECT * FROM (
          SELECT * FROM (${due}) AS due WHERE ${lacksJob(sql`due.key`)} LIMIT ${MOST_AT_ONCE}
        ) AS chosen ORDER BY key
      ) AS lost
    ) AS enqueued`.execute(db);
  return rows[0]?.lost ?? 0;
}

/** Whether no job under the key is at work or will be. */
export function lacksJob(key: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`NOT EXISTS (
    SELECT FROM graphile_worker.jobs
    WHERE jobs.key = ${key} AND (attempts < max_attempts OR locked_at IS NOT NULL))`;
}

/** Whether no job of a queue is at work or could begin now. */
export function lacksDueJob(queue: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`NOT EXISTS (
    SELECT FROM graphile_worker.jobs
    WHERE jobs.queue_name = ${queue}
      AND (locked_at IS NOT NULL OR (attempts < max_attempts AND run_at <= now())))`;
}

/** The shared queue as it stands. */
export interface QueueState {
  /** Jobs that could begin now and have not. */
  readonly due: number;
  /** How long the first of them has been due, in seconds; 0 where none is. */
  readonly oldestSeconds: number;
  /** Jobs that failed for the last time, by task. */
  readonly dead: Readonly<Record<string, number>>;
}

/** What waits in the queue, and what only a person can help. */
export async function readQueue(db: Db): Promise<QueueState> {
  const due = await sql<{ due: number; oldestSeconds: number }>`
    SELECT count(*) AS due, coalesce(extract(epoch FROM now() - min(run_at)), 0)::float8 AS "oldestSeconds"
    FROM graphile_worker._private_jobs AS job
    WHERE run_at <= now() AND locked_at IS NULL AND attempts < max_attempts AND NOT EXISTS (
      -- The one of its line that is at work goes first.
      SELECT FROM graphile_worker._private_job_queues AS queue
      WHERE queue.id = job.job_queue_id AND queue.locked_at IS NOT NULL)`.execute(db);
  const dead = await sql<{ task: string; dead: number }>`
    SELECT task_identifier AS task, count(*) AS dead FROM graphile_worker.jobs
    WHERE attempts >= max_attempts AND locked_at IS NULL GROUP BY task_identifier`.execute(db);
  const [row] = due.rows;
  return {
    due: row?.due ?? 0,
    oldestSeconds: row?.oldestSeconds ?? 0,
    dead: Object.fromEntries(dead.rows.map(({ task, dead: count }) => [task, count])),
  };
}
