import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDb } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { forgetActivity, writeActivity } from '../../src/modules/story/activity.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { createActivityLog } from '../../src/telemetry/activity.ts';
import { newMarks } from '../../src/telemetry/context.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { breakInserts, placedOrder } from './support.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const notesOf = (orderId: string) =>
  shop.db
    .selectFrom('activity')
    .select(['kind', 'name', 'outcome', 'status', 'code'])
    .where('order_id', '=', orderId)
    .orderBy('id')
    .execute();

/** The notes of an order once one of the name is there: they are written four times a second. */
async function afterNote(orderId: string, name: string) {
  await until(async () => (await notesOf(orderId)).some((note) => note.name === name), {
    what: `a note of ${name}`,
  });
  return notesOf(orderId);
}

describe('what is noted for an order', () => {
  it('is each request that did something, and each job, but not who looked at it', async () => {
    const { orderId, token } = await placedOrder(shop);
    await shop.api('GET', `/api/orders/${orderId}`, { token });
    await shop.pay(token, orderId);
    const notes = await afterNote(orderId, 'send_order_mail');
    const done = notes.map(({ kind, name, outcome, status }) => [kind, name, outcome, status]);
    expect(done).toContainEqual(['request', 'POST /api/orders', 'ok', 201]);
    expect(done).toContainEqual(['request', 'POST /api/checkout', 'ok', 201]);
    expect(done).toContainEqual(['job', 'apply_stripe_event', 'ok', null]);
    expect(done).toContainEqual(['job', 'send_order_mail', 'ok', null]);
    expect(notes.filter(({ name }) => name.startsWith('GET'))).toEqual([]);
  });

  it('is a refused request too, with its code, also of somebody whose order it is not', async () => {
    const { orderId } = await placedOrder(shop);
    const stranger = await shop.customer();
    await shop.api('GET', `/api/orders/${orderId}`, { token: stranger.token });
    const notes = await afterNote(orderId, 'GET /api/orders/:id');
    expect(notes).toContainEqual({
      kind: 'request',
      name: 'GET /api/orders/:id',
      outcome: 'refused',
      status: 404,
      code: 'not_found',
    });
  });

  it('is nothing of those who are not signed in: anybody can ask for any id', async () => {
    const id = randomUUID();
    await shop.api('DELETE', `/api/orders/${id}`);
    const { token } = await shop.customer();
    await shop.api('DELETE', `/api/orders/${id}`, { token });
    const notes = await afterNote(id, 'DELETE /api/orders/:id');
    expect(notes.map(({ status }) => status)).toEqual([404]);
  });

  it('has the correlation id of the request, in its jobs as well, and never the actor’s own', async () => {
    const correlationId = randomUUID();
    const { orderId, id } = await placedOrder(shop);
    await shop.api('PUT', `/api/orders/${orderId}`, {
      token: await shop.adminToken(),
      body: { status: 'paid' },
      headers: { 'x-correlation-id': correlationId },
    });
    const noted = () =>
      shop.db
        .selectFrom('activity')
        .selectAll()
        .where('correlation_id', '=', correlationId)
        .execute();
    await until(async () => (await noted()).length >= 3);
    const rows = await noted();
    expect(rows.map(({ name }) => name).toSorted()).toEqual([
      'PUT /api/orders/:id',
      'close_checkouts',
      'send_order_mail',
    ]);
    expect(rows.find(({ kind }) => kind === 'request')?.actor_hash).toMatch(/^[\da-f]{16}$/);
    expect(JSON.stringify(rows)).not.toContain(id);
  });

  it('is an attempt at a job that failed, by its kind alone', async () => {
    const { orderId, token } = await placedOrder(shop);
    const mend = await breakInserts(shop, 'payments', 'true');
    const { body } = await shop.api('POST', '/api/checkout', { token, body: { orderId } });
    await shop.payAtStandIn(body.sessionId);
    const notes = await afterNote(orderId, 'apply_stripe_event');
    await mend();
    expect(notes).toContainEqual({
      kind: 'job',
      name: 'apply_stripe_event',
      outcome: 'failed',
      status: null,
      code: 'P0001',
    });
  });
});

it('a request that failed on our side is noted without an order too', async () => {
  const mend = await breakInserts(shop, 'users', 'true');
  const correlationId = randomUUID();
  await shop.api('POST', '/api/auth/register', {
    body: { email: 'x@example.test', password: 'correct horse battery', name: 'X' },
    headers: { 'x-correlation-id': correlationId },
  });
  await mend();
  const found = () =>
    shop.db
      .selectFrom('activity')
      .select(['name', 'status', 'code', 'order_id'])
      .where('correlation_id', '=', correlationId)
      .execute();
  await until(async () => (await found()).length > 0);
  expect(await found()).toEqual([
    { name: 'POST /api/auth/register', status: 500, code: 'internal_error', order_id: null },
  ]);
});

describe('the log of activity', () => {
  const work = {
    kind: 'job',
    name: 'send_refund',
    outcome: 'failed',
    status: null,
    code: 'x',
    durationMs: 1,
    correlationId: 'c',
    actorHash: null,
  } as const;
  const about = () => ({ marks: newMarks(), orders: new Set([newId()]) });

  it('drops the oldest where more waits than it holds, and counts them', async () => {
    const metrics = createMetrics();
    const log = createActivityLog({ metrics });
    for (let n = 0; n < 5003; n += 1) log.note({ ...work, code: String(n) }, about());
    const waiting = log.take();
    expect([waiting.length, waiting[0]?.code, waiting.at(-1)?.code]).toEqual([5000, '3', '5002']);
    expect((await metrics.activityDropped.get()).values[0]?.value).toBe(3);
  });

  it('keeps what could not be written while the database is away, and writes it once it is back', async () => {
    const log = createActivityLog({ metrics: createMetrics() });
    log.note(work, about());
    const pool = createPool('postgres://nobody@127.0.0.1:1/nothing', {
      max: 1,
      logger: createLogger('silent'),
    });
    const lost = createDb(pool);
    await expect(writeActivity({ db: lost, activity: log })).rejects.toThrow();
    const [entry] = log.take();
    expect(entry).toMatchObject({ name: 'send_refund' });
    if (entry) log.putBack([entry]);
    await writeActivity({ db: shop.db, activity: log });
    const { at, id } = entry ?? { at: new Date(), id: '' };
    const row = await shop.db
      .selectFrom('activity')
      .select(['at'])
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row?.at).toEqual(at);
  });

  it('forgets what was done more than thirty days ago, and no more', async () => {
    const month = 31 * 24 * 3600 * 1000;
    const ids = async () =>
      (await shop.db.selectFrom('activity').select('id').orderBy('id').execute()).map(
        ({ id }) => id,
      );
    // The shop goes on noting what it does.
    const before = await ids();
    const left = async () => (await ids()).filter((id) => before.includes(id));
    await forgetActivity(shop.db);
    expect(await left()).toEqual(before);
    await forgetActivity(shop.db, new Date(Date.now() + month));
    expect(await left()).toEqual([]);
  });
});
