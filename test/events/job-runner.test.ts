import { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { describe, it, type TestContext, vi } from 'vitest';
import type { Db } from '../../src/database/database.ts';
import { startJobs } from '../../src/events/job-runner.ts';
import { enqueueEach, enqueueJob, enqueueLost, readQueue } from '../../src/events/jobs.ts';
import { createDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

/** A database with its queue, a way to begin to work it off, and what the runner logs. */
async function queue({ onTestFinished }: TestContext) {
  const { db, pool, drop } = await createDatabase();
  let log = '';
  let jobs: { stop(): Promise<void> } | undefined;
  onTestFinished(async () => {
    await jobs?.stop();
    await drop();
  });
  const lines = new Writable({
    write(line: Buffer, _encoding, done) {
      log += line;
      done();
    },
  });
  return {
    db,
    log: () => log,
    stop: async () => jobs?.stop(),
    async start(work: (payload: { name: string }) => Promise<void>): Promise<void> {
      jobs = await startJobs(db, pino({ level: 'debug' }, lines), {
        pgPool: pool,
        taskList: {
          work: (payload) => work(payload as { name: string }),
          keyed: () => work({ name: '' }),
        },
        concurrency: 2,
        keyed: ['keyed'],
        pollInterval: 200,
      });
    },
  };
}

/** Has whoever takes a job fail by a statement, until what it returns is called. */
async function refuseJobs(db: Db, raise: string) {
  const body = sql.lit(`BEGIN ${raise}; END`);
  await sql`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS ${body}`.execute(db);
  await sql`
    CREATE TRIGGER refuse BEFORE UPDATE ON graphile_worker._private_jobs FOR EACH ROW
      WHEN (OLD.locked_at IS NULL) EXECUTE FUNCTION refuse()`.execute(db);
  return () => sql`DROP TRIGGER refuse ON graphile_worker._private_jobs`.execute(db);
}

/** Whether the lease of the one job at work is of the last seconds. */
async function isLeaseRenewed(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM graphile_worker._private_jobs WHERE locked_at > now() - interval '10 seconds'`.execute(
    db,
  );
  return rows.length === 1;
}

// They wait for the rounds of their runners, each on its own database.
describe.concurrent('jobs', () => {
  it('a runner whose first look at the queue failed takes jobs once the database lets it, whatever the clock says', async (context) => {
    const { db, log, start } = await queue(context);
    await sql`ALTER TABLE graphile_worker._private_tasks RENAME TO away`.execute(db);
    let ran = 0;
    await start(async () => {
      ran += 1;
    });
    await until(() => log().includes('Failed to acquire job'));
    // As a machine does whose clock ran ahead when it began.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
    context.onTestFinished(() => void vi.useRealTimers());
    await sql`ALTER TABLE graphile_worker.away RENAME TO _private_tasks`.execute(db);
    await enqueueJob(db, 'work', {});
    await until(() => ran === 1);
  });

  it('one of the few begins before the many that waited for longer', async (context) => {
    const { db, start } = await queue(context);
    await enqueueEach(
      db,
      'work',
      sql`SELECT name AS key, json_build_object('name', name) AS payload, NULL AS queue, now() AS run_at
        FROM unnest('{first,second,third}'::text[]) AS name`,
    );
    await enqueueJob(db, 'work', { name: 'one of the few' });
    const begun: string[] = [];
    await start(async ({ name }) => {
      begun.push(name);
    });
    await until(() => begun.length === 4);
    // Two run at a time.
    context.expect(begun.slice(0, 2)).toContain('one of the few');
  });

  it('a runner that took no jobs for long is replaced at once, and what it runs keeps its lease', async (context) => {
    const { db, log, start } = await queue(context);
    let letGo: () => void = () => {};
    let begun = 0;
    context.onTestFinished(() => letGo());
    await start(async () => {
      begun += 1;
      if (begun > 1) return;
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    });
    await enqueueJob(db, 'work', {});
    await until(() => begun === 1);
    const takeJobs = await refuseJobs(db, "RAISE 'not now'");
    await enqueueJob(db, 'keyed', {});
    await until(() => log().includes('it is begun anew'));
    await takeJobs();
    await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '15 seconds'
    WHERE locked_at IS NOT NULL`.execute(db);
    await until(() => begun === 2, { withinMs: 30_000 });
    await until(() => isLeaseRenewed(db));
    letGo();
    context.expect(begun).toBe(2);
  });

  it('a runner that waits ever longer for a server that is starting is replaced once that answers', async (context) => {
    const { db, log, start } = await queue(context);
    let ran = 0;
    await start(async () => {
      ran += 1;
    });
    // What a server says while it recovers: graphile-worker tries again by itself, in the end every two minutes.
    const takeJobs = await refuseJobs(db, "RAISE 'starting' USING ERRCODE = 'cannot_connect_now'");
    await enqueueJob(db, 'work', {});
    await until(() => log().includes('it is begun anew'), { withinMs: 60_000 });
    await takeJobs();
    await until(() => ran === 1, { withinMs: 30_000 });
  });

  it('a stop waits for what runs, and not for runners that wait ever longer for a server', async (context) => {
    const { db, log, start, stop } = await queue(context);
    let letGo: (() => void) | undefined;
    context.onTestFinished(() => letGo?.());
    await start(async () => {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    });
    await enqueueJob(db, 'work', {});
    await until(() => letGo !== undefined);
    await refuseJobs(db, "RAISE 'starting' USING ERRCODE = 'cannot_connect_now'");
    await enqueueJob(db, 'work', {});
    await until(() => log().includes('it is begun anew'));
    let stopped = false;
    const stopping = stop().then(() => {
      stopped = true;
    });
    // Longer than from one look to where no more is waited for.
    await setTimeout(12_000);
    context.expect(stopped).toBe(false);
    letGo?.();
    await until(() => stopped, { withinMs: 60_000 });
    await stopping;
  });

  it('a job that runs for long keeps its lease, and is not run twice', async (context) => {
    const { db, start } = await queue(context);
    let letGo: () => void = () => {};
    let begun = 0;
    await start(async () => {
      begun += 1;
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    });
    await enqueueJob(db, 'work', {});
    await until(() => begun === 1);
    await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '15 seconds'`.execute(db);
    await until(() => isLeaseRenewed(db));
    letGo();
    context.expect(begun).toBe(1);
  });

  it('the job of a process that died is run by another, and its queue goes on', async (context) => {
    const { db, start } = await queue(context);
    let ran = 0;
    await sql`
    SELECT graphile_worker.add_job('work', '{}', queue_name => 'line'), graphile_worker.add_job('work', '{}', queue_name => 'line')`.execute(
      db,
    );
    await sql`
    UPDATE graphile_worker._private_job_queues
    SET locked_at = now() - interval '21 seconds', locked_by = 'dead'`.execute(db);
    await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '21 seconds', locked_by = 'dead'
    WHERE id = (SELECT min(id) FROM graphile_worker._private_jobs)`.execute(db);
    await start(async () => {
      ran += 1;
    });
    await until(() => ran === 2);
  });

  it('what a process left that died before the database’s clock was set back is run, and what waits is not late by that', async (context) => {
    const { db, start } = await queue(context);
    const ran: string[] = [];
    await sql`SELECT graphile_worker.add_job('work', '{"name": "left"}', queue_name => 'line')`.execute(
      db,
    );
    await enqueueJob(db, 'work', { name: 'next' }, { queue: 'line' });
    await enqueueJob(db, 'work', { name: 'due' });
    await enqueueJob(db, 'work', { name: 'later' }, { delaySeconds: 7200 });
    await sql`
    UPDATE graphile_worker._private_job_queues SET locked_at = now(), locked_by = 'dead'`.execute(
      db,
    );
    await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'dead', attempts = 1
    WHERE payload->>'name' = 'left'`.execute(db);
    await sql`
    UPDATE graphile_worker._private_job_queues SET locked_at = locked_at + interval '1 hour'`.execute(
      db,
    );
    await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = locked_at + interval '1 hour', run_at = run_at + interval '1 hour',
      created_at = created_at + interval '1 hour', updated_at = updated_at + interval '1 hour'`.execute(
      db,
    );
    await start(async ({ name }) => {
      ran.push(name);
    });
    // It counts as alive for a lease from then on.
    await until(async () => ran.includes('due') && (await isLeaseRenewed(db)));
    await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '21 seconds'`.execute(
      db,
    );
    await until(() => ran.length === 3);
    context.expect(ran.toSorted()).toEqual(['due', 'left', 'next']);
    const { rows } = await sql<{ seconds: number }>`
    SELECT extract(epoch FROM run_at - now())::float8 AS seconds FROM graphile_worker.jobs`.execute(
      db,
    );
    context.expect(rows).toHaveLength(1);
    context.expect(rows[0]?.seconds).toBeGreaterThan(7000);
    context.expect(rows[0]?.seconds).toBeLessThanOrEqual(7200);
  });

  it('a job that was enqueued long ago and failed just before the database’s clock was set back is tried again after its pause', async (context) => {
    const { db, start } = await queue(context);
    const ran: string[] = [];
    await enqueueJob(db, 'work', { name: 'failed' });
    await enqueueJob(db, 'work', { name: 'later' }, { delaySeconds: 7200 });
    // As the queue notes a first failure: the pause is of 2.7 s.
    await sql`
    UPDATE graphile_worker._private_jobs SET attempts = 1, last_error = 'away', run_at = now() + interval '1 hour'
    WHERE payload->>'name' = 'failed'`.execute(db);
    await sql`UPDATE graphile_worker._private_jobs SET updated_at = now() - interval '2 hours'`.execute(
      db,
    );
    await start(async ({ name }) => {
      ran.push(name);
    });
    await until(() => ran.length > 0);
    context.expect(ran).toEqual(['failed']);
    const { rows } = await sql`
    SELECT FROM graphile_worker.jobs WHERE run_at > now() + interval '7000 seconds'`.execute(db);
    context.expect(rows).toHaveLength(1);
  });

  it('a queue that stayed locked without a job at work goes on', async (context) => {
    const { db, start } = await queue(context);
    await sql`SELECT graphile_worker.add_job('work', '{}', queue_name => 'line')`.execute(db);
    await sql`
    UPDATE graphile_worker._private_job_queues
    SET locked_at = now() - interval '21 seconds', locked_by = 'dead'`.execute(db);
    let ran = 0;
    await start(async () => {
      ran += 1;
    });
    await until(() => ran === 1);
  });

  it('a job that was enqueued anew while it ran, and whose process was killed, counts as no dead one', async (context) => {
    const { db, start } = await queue(context);
    await enqueueJob(db, 'work', {}, { jobKey: 'again' });
    await sql`
    UPDATE graphile_worker._private_jobs
    SET locked_at = now() - interval '21 seconds', locked_by = 'dead', attempts = 1`.execute(db);
    await enqueueJob(db, 'work', {}, { jobKey: 'again' });
    let ran = 0;
    await start(async () => {
      ran += 1;
    });
    const left = async () =>
      (await sql`SELECT FROM graphile_worker._private_jobs`.execute(db)).rows.length;
    await until(async () => (await left()) === 0);
    context.expect(ran).toBe(1);
  });

  it('a job that failed, and was enqueued anew while it ran or after its last attempt, counts as no dead one', async (context) => {
    const { db, start } = await queue(context);
    const dead = async () => (await readQueue(db)).dead;
    await sql`SELECT graphile_worker.add_job('work', '{}', max_attempts => 1),
      graphile_worker.add_job('keyed', '{}', job_key => 'given up on', max_attempts => 1)`.execute(
      db,
    );
    await enqueueJob(db, 'keyed', {}, { jobKey: 'again' });
    let ran = 0;
    await start(async () => {
      ran += 1;
      if (ran > 3) return;
      if (ran === 3) await enqueueJob(db, 'keyed', {}, { jobKey: 'again' });
      throw new Error('not now');
    });
    await until(() => ran === 4);
    await enqueueLost(db, 'keyed', sql`SELECT 'given up on' AS key, '{}'::json AS payload`);
    await until(async () => ran === 5 && (await dead()).keyed === undefined);
    context.expect(await dead()).toEqual({ work: 1 });
  });
});
