import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import {
  Logger as JobLogger,
  type Runner,
  type RunnerOptions,
  run,
  type WorkerEvents,
} from 'graphile-worker';
import type pg from 'pg';
import type { Logger } from '../telemetry/logger.ts';

const AGAIN_AFTER_MS = 500;

/**
 * Starts a runner of jobs that looks for them by itself until it is stopped. Returns once it has looked for the
 * first time: graphile-worker 0.18 keeps the failure where it cannot learn its tasks from a database that is busy
 * just then, and would never find a job again. Such a runner is replaced.
 */
export async function startJobRunner(
  { pool, logger }: { pool: pg.Pool; logger: Logger },
  options: Pick<RunnerOptions, 'taskList' | 'concurrency' | 'crontab'>,
): Promise<Runner> {
  for (;;) {
    const events: WorkerEvents = new EventEmitter();
    const looked = new Promise<boolean>((resolve) => {
      events.once('worker:getJob:empty', () => resolve(true));
      events.once('job:start', () => resolve(true));
      events.once('worker:getJob:error', () => resolve(false));
    });
    const runner = await run({
      ...options,
      events,
      pgPool: pool,
      pollInterval: 1000,
      noHandleSignals: true,
      logger: jobLogger(logger),
    });
    runner.promise.catch((error) => logger.error({ err: error }, 'job runner ended'));
    if (await looked) return runner;
    logger.warn('job runner could not look for jobs; it is started again');
    await runner.stop().catch(() => {});
    await setTimeout(AGAIN_AFTER_MS);
  }
}

/** The queue's own messages in our log: failures as warnings, the rest only for debugging. */
function jobLogger(logger: Logger): JobLogger {
  return new JobLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') logger.warn({ source: 'jobs' }, message);
    else logger.debug({ source: 'jobs' }, message);
  });
}
