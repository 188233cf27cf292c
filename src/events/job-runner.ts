import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import {
  Logger as JobLogger,
  type Runner,
  type RunnerOptions,
  run,
  type Task,
  type WorkerEvents,
} from 'graphile-worker';
import { sql } from 'kysely';
import { type Db, ping } from '../database/database.ts';
import { repeat } from '../shared/repeat.ts';
import type { Logger } from '../telemetry/logger.ts';

/** A job whose lease was not renewed for so long belongs to a process that died, and is run by another. */
const LEASE_SECONDS = 20;
/** Often enough that two missed rounds lose no lease. */
const ROUND_MS = 5_000;
/** A runner with nothing to do that did not look for a job for so long, though the database answers, is begun anew. */
const STUCK_AFTER_MS = 10_000;

/**
 * Runs jobs until told to stop, whatever happens to this process or another. The queue's own lock of a killed
 * process lasts four hours, too long for somebody's payment: here it is a lease. (A process that was only frozen may
 * run its job a second time, which every job allows.) And a runner that ended, or whose first look at the queue
 * failed, which it remembers for ever, is replaced.
 */
export async function startJobs(
  db: Db,
  logger: Logger,
  {
    keyed,
    ...options
  }: Omit<RunnerOptions, 'events' | 'logger' | 'noHandleSignals'> & {
    /** Tasks whose jobs are all enqueued under keys. */
    readonly keyed: readonly string[];
  },
): Promise<{ stop(): Promise<void> }> {
  let current = await begin(options, logger);
  /** Those that were replaced, and finish what they run. */
  const leaving = new Map<typeof current, Promise<void>>();
  const round = async () => {
    await keepUpWithClock(db);
    const freed = await renewLeases(
      db,
      [current, ...leaving.keys()].flatMap(({ running }) => [...running]),
    );
    if (freed > 0) logger.warn({ jobs: freed }, 'jobs of a process that died are run again');
    if (current.isStuck()) await beginAnew();
    await dropSuperseded(db, keyed);
  };
  const beginAnew = async () => {
    await ping(db);
    logger.error('job runner took no jobs; it is begun anew');
    const replaced = current;
    current = await begin(options, logger);
    // Not waited for: what it runs may take minutes, in which nothing else would run.
    leaving.set(
      replaced,
      replaced.stop().finally(() => leaving.delete(replaced)),
    );
  };
  const rounds = repeat(ROUND_MS, round, (error) =>
    logger.warn({ err: error }, 'job leases could not be renewed'),
  );
  return {
    async stop() {
      await rounds.stop();
      const stopping = new Map(leaving).set(current, current.stop());
      await Promise.all(
        [...stopping].map(([runner, stopped]) => Promise.race([stopped, runner.standsStill()])),
      );
    },
  };
}

/** One life of the queue's runner, and what it is doing. */
async function begin(
  options: Omit<RunnerOptions, 'events' | 'logger' | 'noHandleSignals'>,
  logger: Logger,
) {
  const { concurrency = 1 } = options;
  const running = new Set<string>();
  let lookedAt = performance.now();
  let ended = false;
  const events: WorkerEvents = new EventEmitter();
  const works = () => {
    lookedAt = performance.now();
  };
  events.on('worker:getJob:empty', works);
  events.on('job:start', ({ job }) => {
    works();
    running.add(job.id);
  });
  events.on('job:complete', ({ job }) => {
    works();
    running.delete(job.id);
  });
  // graphile-worker keeps the options of every runner for good: they lead to the tasks only while it runs.
  let tasks = options.taskList;
  const task =
    (name: string): Task =>
    (payload, helpers) =>
      tasks?.[name]?.(payload, helpers);
  const runner: Runner = await run({
    ...options,
    taskList: Object.fromEntries(Object.keys(tasks ?? {}).map((name) => [name, task(name)])),
    events,
    logger: jobLogger(logger),
    noHandleSignals: true,
  });
  runner.promise
    .catch((error) => logger.error({ err: error }, 'job runner ended'))
    .finally(() => {
      ended = true;
      tasks = undefined;
    });
  // A look that fails may be remembered, or tried again by the library minutes later: neither is told.
  const looksNoMore = () => performance.now() - lookedAt > STUCK_AFTER_MS;
  return {
    running,
    isStuck: () => ended || (running.size < concurrency && looksNoMore()),
    /** Waits until it runs nothing, and its last look is long ago: its own end may be minutes after that. */
    async standsStill() {
      while (running.size > 0 || !looksNoMore()) await setTimeout(200, null, { ref: false });
    },
    async stop() {
      if (ended) return;
      await runner
        .stop()
        .catch((error) => logger.warn({ err: error }, 'job runner stopped uncleanly'));
    },
  };
}

/**
 * Brings what was noted by a clock of the database that was set back since, as by a failover, to the time of now: a job
 * is due as long after it was enqueued as it was, one that failed no later than its pause lasts, and a lease that nobody
 * renews ends like any other.
 */
async function keepUpWithClock(db: Db): Promise<void> {
  const ahead = sql`now() + make_interval(secs => ${LEASE_SECONDS})`;
  await sql`
    UPDATE graphile_worker._private_jobs
    SET run_at = run_at - (updated_at - now()), updated_at = now()
    WHERE updated_at > ${ahead}`.execute(db);
  // When a job failed is not noted: the queue's pause after so many attempts says what is too late.
  const pause = sql`exp(least(attempts, 10)) * interval '1 second'`;
  await sql`
    UPDATE graphile_worker._private_jobs SET run_at = now() + ${pause}
    WHERE locked_at IS NULL AND last_error IS NOT NULL AND attempts > 0 AND run_at > ${ahead} + ${pause}`.execute(
    db,
  );
  await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = now() WHERE locked_at > ${ahead}`.execute(
    db,
  );
  await sql`
    UPDATE graphile_worker._private_job_queues SET locked_at = now() WHERE locked_at > ${ahead}`.execute(
    db,
  );
}

/**
 * Keeps the jobs that run here, and gives back those that a dead process left; returns how many those were. A queue
 * whose job somebody else ended (its process was frozen, given up and woke up) is given back too: nobody else would.
 */
async function renewLeases(db: Db, running: readonly string[]): Promise<number> {
  await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = now()
    WHERE id = ANY (${running}::bigint[]) AND locked_at IS NOT NULL`.execute(db);
  const { rows } = await sql<{ freed: number }>`
    WITH dead AS (
      SELECT array_agg(DISTINCT locked_by) AS workers, count(*) AS jobs FROM graphile_worker._private_jobs
      WHERE locked_at < now() - make_interval(secs => ${LEASE_SECONDS})
    )
    SELECT jobs AS freed FROM dead, graphile_worker.force_unlock_workers(workers) WHERE workers IS NOT NULL`.execute(
    db,
  );
  await sql`
    UPDATE graphile_worker._private_job_queues AS queue SET locked_at = NULL, locked_by = NULL
    WHERE locked_at < now() - make_interval(secs => ${LEASE_SECONDS}) AND NOT EXISTS (
      SELECT FROM graphile_worker._private_jobs
      WHERE job_queue_id = queue.id AND locked_at IS NOT NULL)`.execute(db);
  return rows[0]?.freed ?? 0;
}

/**
 * Removes jobs that were enqueued anew, while they ran or after their last attempt: the queue takes their key and their
 * attempts, and they would count as dead, though the one after them does their work. Without a key a killed one is
 * known by having had no failure.
 */
async function dropSuperseded(db: Db, keyed: readonly string[]): Promise<void> {
  await sql`
    DELETE FROM graphile_worker._private_jobs
    WHERE locked_at IS NULL AND key IS NULL AND attempts >= max_attempts AND (last_error IS NULL OR task_id IN (
      SELECT id FROM graphile_worker._private_tasks WHERE identifier = ANY (${keyed})))`.execute(
    db,
  );
}

/** The queue's advice on pools smaller than its slots: here a slot holds no connection while it works. */
const OF_POOL_SIZE = /^WARNING: having maxPoolSize/;

/** The queue's own messages in our log: failures as warnings, the rest only for debugging. */
function jobLogger(logger: Logger): JobLogger {
  return new JobLogger(() => (level, message) => {
    const isTrouble = level === 'error' || (level === 'warning' && !OF_POOL_SIZE.test(message));
    if (isTrouble) logger.warn({ source: 'jobs' }, message);
    else logger.debug({ source: 'jobs' }, message);
  });
}
