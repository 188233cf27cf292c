import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { createDb } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { readBacklog } from '../../src/events/backlog.ts';
import { enqueueJob, readQueue } from '../../src/events/jobs.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { record, upTo } from './support.ts';

/** The values of the gauges of the outbox in what a scrape gets. */
function gauges(text: string): Record<string, number> {
  const found = text.matchAll(/^(outbox_(?:unpublished|oldest|dead)\w+) (\S+)$/gm);
  return Object.fromEntries([...found].map(([, name, value]) => [name, Number(value)]));
}

it('a scrape tells what waits in the outbox, how long the oldest has, and what was given up on', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const { db } = database;
  for (const _ of upTo(3)) await record(db);
  const [oldest, given] = await db
    .selectFrom('outbox_events')
    .select('id')
    .orderBy('position')
    .execute();
  await db
    .updateTable('outbox_events')
    .set({ occurred_at: new Date(Date.now() - 60_000) })
    .where('id', '=', oldest?.id ?? '')
    .execute();
  await db
    .updateTable('outbox_events')
    .set({ dead_at: new Date() })
    .where('id', '=', given?.id ?? '')
    .execute();
  const { registry, outboxBacklog } = createMetrics();
  let asked = 0;
  outboxBacklog.readBy(() => {
    asked += 1;
    return readBacklog(db, 'outbox_events');
  });
  const began = performance.now();
  let told: Record<string, number> = {};
  // They are absent while the database is slow to tell them.
  await until(async () => {
    told = gauges(await registry.metrics());
    return 'outbox_unpublished_events' in told;
  });
  expect(told).toMatchObject({ outbox_unpublished_events: 2, outbox_dead_events: 1 });
  expect(told.outbox_oldest_unpublished_age_seconds).toBeGreaterThan(59);
  expect(told.outbox_oldest_unpublished_age_seconds).toBeLessThan(120);
  for (const _ of upTo(3)) await registry.metrics();
  // At most every five seconds, however long this took.
  expect(asked).toBeLessThanOrEqual(1 + (performance.now() - began) / 5000);
});

it('a scrape while the database is away succeeds, and says nothing about the outbox rather than something old', async () => {
  const pool = createPool('postgres://nobody@127.0.0.1:9/none', {
    max: 1,
    logger: createLogger('silent'),
  });
  onTestFinished(() => pool.end());
  const { registry, outboxBacklog } = createMetrics();
  outboxBacklog.readBy(() => readBacklog(createDb(pool), 'outbox_events'));
  const text = await registry.metrics();
  expect(gauges(text)).toEqual({});
  expect(text).toContain('http_requests');
});

it('a scrape does not wait for a database that hangs', async () => {
  const { registry, outboxBacklog } = createMetrics();
  outboxBacklog.readBy(() => new Promise(() => {}));
  expect(gauges(await registry.metrics())).toEqual({});
});

it('jobs that wait for one of their line are not due: an endpoint that hangs holds up its own alone', async () => {
  const { db, drop } = await createDatabase();
  onTestFinished(drop);
  for (const queue of ['webhook:hangs', 'webhook:hangs', 'webhook:idle'])
    await enqueueJob(db, 'deliver_webhook', {}, { queue });
  await enqueueJob(db, 'send_refund', {});
  expect(await readQueue(db)).toMatchObject({ due: 4 });
  await sql`
    UPDATE graphile_worker._private_jobs SET run_at = now() - interval '10 minutes' WHERE id IN (
      SELECT id FROM graphile_worker.jobs WHERE queue_name = 'webhook:hangs')`.execute(db);
  await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'worker'
    WHERE id = (SELECT min(id) FROM graphile_worker._private_jobs)`.execute(db);
  await sql`
    UPDATE graphile_worker._private_job_queues SET locked_at = now(), locked_by = 'worker'
    WHERE queue_name = 'webhook:hangs'`.execute(db);
  const { due, oldestSeconds } = await readQueue(db);
  expect(due).toBe(2);
  expect(oldestSeconds).toBeLessThan(300);
});
