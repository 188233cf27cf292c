import { EventEmitter, once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, it, onTestFinished } from 'vitest';
import { startJobRunner } from '../../src/events/job-runner.ts';
import { enqueueJob } from '../../src/events/jobs.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

it('a runner finds its jobs though the database refused when it began to look for them', async () => {
  // Statements give up soon on what somebody else holds: here the names of tasks, which a runner asks for first.
  const pool = new pg.Pool({ connectionString: database.url, lock_timeout: 200 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  onTestFinished(() => pool.end());
  const holder = await database.pool.connect();
  await holder.query('BEGIN; LOCK TABLE graphile_worker._private_tasks IN ACCESS EXCLUSIVE MODE');
  const begun = new EventEmitter();
  const logger = createLogger('silent');
  logger.warn = (...given: unknown[]) => void begun.emit('warning', given);
  let ran = 0;
  const count = async () => {
    ran += 1;
  };
  const starting = startJobRunner({ pool, logger }, { concurrency: 2, taskList: { count } });
  await once(begun, 'warning');
  await holder.query('ROLLBACK');
  holder.release();
  const runner = await starting;
  onTestFinished(() => runner.stop());
  await enqueueJob(database.db, 'count', {});
  await until(() => ran === 1);
});
