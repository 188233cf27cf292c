import { Writable } from 'node:stream';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startJobs } from '../../src/events/job-runner.ts';
import { enqueueJob } from '../../src/events/jobs.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

const patient = { withinMs: 45_000 };

let database: TestDatabase;
let jobs: { stop(): Promise<void> } | undefined;
let log: string;
beforeEach(async () => {
  log = '';
  database = await createDatabase();
});
afterEach(async () => {
  await jobs?.stop();
  await database.drop();
});

async function start(work: () => Promise<void>): Promise<void> {
  const logger = pino(
    { level: 'debug' },
    new Writable({
      write(line: Buffer, _encoding, done) {
        log += line;
        done();
      },
    }),
  );
  jobs = await startJobs(database.db, logger, {
    pgPool: database.pool,
    taskList: { work },
    pollInterval: 200,
  });
}

it('a runner whose first look at the queue failed takes jobs once the database lets it', async () => {
  await sql`ALTER TABLE graphile_worker._private_tasks RENAME TO away`.execute(database.db);
  let ran = 0;
  await start(async () => {
    ran += 1;
  });
  await until(() => log.includes('Failed to acquire job'), patient);
  await sql`ALTER TABLE graphile_worker.away RENAME TO _private_tasks`.execute(database.db);
  await enqueueJob(database.db, 'work', {});
  await until(() => ran === 1, patient);
}, 120_000);

it('a job that runs for long keeps its lease, and is not run twice', async () => {
  let letGo: () => void = () => {};
  let begun = 0;
  await start(async () => {
    begun += 1;
    await new Promise<void>((resolve) => {
      letGo = resolve;
    });
  });
  await enqueueJob(database.db, 'work', {});
  await until(() => begun === 1, patient);
  await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '15 seconds'`.execute(
    database.db,
  );
  await until(async () => {
    const { rows } = await sql`
      SELECT FROM graphile_worker._private_jobs WHERE locked_at > now() - interval '10 seconds'`.execute(
      database.db,
    );
    return rows.length === 1;
  }, patient);
  letGo();
  expect(begun).toBe(1);
}, 120_000);

it('the job of a process that died is run by another, and its queue goes on', async () => {
  let ran = 0;
  await sql`
    SELECT graphile_worker.add_job('work', '{}', queue_name => 'line'), graphile_worker.add_job('work', '{}', queue_name => 'line')`.execute(
    database.db,
  );
  await sql`
    UPDATE graphile_worker._private_job_queues
    SET locked_at = now() - interval '21 seconds', locked_by = 'dead'`.execute(database.db);
  await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '21 seconds', locked_by = 'dead'
    WHERE id = (SELECT min(id) FROM graphile_worker._private_jobs)`.execute(database.db);
  await start(async () => {
    ran += 1;
  });
  await until(() => ran === 2, patient);
}, 120_000);

it('a queue that stayed locked without a job at work goes on', async () => {
  await sql`SELECT graphile_worker.add_job('work', '{}', queue_name => 'line')`.execute(
    database.db,
  );
  await sql`
    UPDATE graphile_worker._private_job_queues
    SET locked_at = now() - interval '21 seconds', locked_by = 'dead'`.execute(database.db);
  let ran = 0;
  await start(async () => {
    ran += 1;
  });
  await until(() => ran === 1, patient);
}, 120_000);

it('a job that was enqueued anew while it ran, and whose process was killed, counts as no dead one', async () => {
  await enqueueJob(database.db, 'work', {}, { jobKey: 'again' });
  await sql`
    UPDATE graphile_worker._private_jobs
    SET locked_at = now() - interval '21 seconds', locked_by = 'dead', attempts = 1`.execute(
    database.db,
  );
  await enqueueJob(database.db, 'work', {}, { jobKey: 'again' });
  let ran = 0;
  await start(async () => {
    ran += 1;
  });
  const left = async () =>
    (await sql`SELECT FROM graphile_worker._private_jobs`.execute(database.db)).rows.length;
  await until(async () => (await left()) === 0, patient);
  expect(ran).toBe(1);
}, 120_000);
