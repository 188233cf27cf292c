import { EventEmitter } from 'node:events';
import {
  Logger as JobLogger,
  type Runner,
  run,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import type pg from 'pg';
import type { Db } from './database/database.ts';
import { freeAbandonedJobs, renewJobs } from './events/jobs.ts';
import { repeat } from './shared/repeat.ts';
import type { Logger } from './telemetry/logger.ts';

const WATCH_EVERY_MS = 1000;
/** Often enough that two missed rounds lose no lease. */
const RENEW_EVERY_MS = 5000;
/** Looks for a job that failed in a row, over all slots, after which the runner is begun anew. */
const MOST_FAILURES = 20;

interface Jobs {
  readonly taskList: TaskList;
  readonly concurrency: number;
  readonly crontab?: string;
}

/**
 * Runs jobs until told to stop, then waits for those under way. A runner that ended, or finds no job any more because
 * the database was away (graphile-worker 0.18 never again looks for one where its first look failed), is begun anew.
 * What runs is a lease, renewed while this process lives, so that another soon takes it where it dies.
 */
export async function startJobs(
  { pool, db, logger }: { pool: pg.Pool; db: Db; logger: Logger },
  jobs: Jobs,
): Promise<{ stop(): Promise<void> }> {
  let failures = 0;
  const events: WorkerEvents = new EventEmitter();
  const works = () => {
    failures = 0;
  };
  events.on('worker:getJob:error', () => {
    failures += 1;
  });
  events.on('worker:getJob:empty', works);
  const running = new Set<string>();
  events.on('job:start', ({ job }) => {
    works();
    running.add(job.id);
  });
  events.on('job:complete', ({ job }) => running.delete(job.id));

  const begin = async (): Promise<Runner> => {
    failures = 0;
    const runner = await run({
      pgPool: pool,
      ...jobs,
      events,
      pollInterval: 1000,
      noHandleSignals: true,
      logger: jobLogger(logger),
    });
    runner.promise.catch((error) => {
      logger.error({ err: error }, 'job runner ended');
      failures = MOST_FAILURES;
    });
    return runner;
  };
  let runner = await begin();
  const watch = repeat(
    WATCH_EVERY_MS,
    async () => {
      if (failures < MOST_FAILURES) return;
      logger.warn('job runner finds no jobs any more; it is begun anew');
      await end(runner, logger);
      runner = await begin();
    },
    (error) => logger.warn({ err: error }, 'job runner could not be begun; it will be tried again'),
  );
  const leases = repeat(
    RENEW_EVERY_MS,
    async () => {
      await renewJobs(db, running);
      const freed = await freeAbandonedJobs(db);
      if (freed > 0) logger.warn({ jobs: freed }, 'jobs of a process that died are run again');
    },
    (error) => logger.warn({ err: error }, 'job leases could not be renewed'),
  );
  return {
    async stop() {
      await watch.stop();
      await end(runner, logger);
      await leases.stop();
    },
  };
}

/** Waits for the jobs under way. */
async function end(runner: Runner, logger: Logger): Promise<void> {
  await runner.stop().catch((error) => logger.warn({ err: error }, 'job runner stopped uncleanly'));
}

/** The queue's own messages in our log: failures as warnings, the rest only for debugging. */
function jobLogger(logger: Logger): JobLogger {
  return new JobLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') logger.warn({ source: 'jobs' }, message);
    else logger.debug({ source: 'jobs' }, message);
  });
}
