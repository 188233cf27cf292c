import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { CloudEvent } from '../../src/events/consumer.ts';
import { enqueueJob } from '../../src/events/jobs.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import { repairWebhooks, webhookConsumer } from '../../src/modules/webhooks/deliver.service.ts';
import { replayDelivery, replayFailed } from '../../src/modules/webhooks/deliveries.service.ts';
import {
  changeEndpoint,
  getEndpoint,
  rotateSecret,
  switchEndpoint,
} from '../../src/modules/webhooks/endpoints.service.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { type Receiver, startReceiver, verify } from './receiver.ts';
import { webhooksOf } from './support.ts';

let shop: TestShop;
let webhooks: ReturnType<typeof webhooksOf>;
beforeAll(async () => {
  shop = await startShop();
  webhooks = webhooksOf(shop);
  // The administrator's own events, recorded at the start, are none of these tests'.
  await everythingPublished();
});
afterAll(() => shop.stop());
beforeEach(async () => {
  await shop.db.deleteFrom('webhook_endpoints').execute();
});

/** Resolves once nothing that happened waits to be put in line for the endpoints there are. */
function everythingPublished(): Promise<void> {
  return until(async () => {
    const waiting = await shop.db
      .selectFrom('outbox_events')
      .select('id')
      .where('published_at', 'is', null)
      .execute();
    return waiting.length === 0;
  });
}

/** What has no attempt come by itself before a test is over. */
const LATER = { 'retry-after': '600' };

async function receiver(): Promise<Receiver> {
  const started = await startReceiver();
  onTestFinished(() => started.close());
  return started;
}

describe('an event', () => {
  it('is sent once to each endpoint that wants it, signed by the secret', async () => {
    const all = await receiver();
    const picky = await receiver();
    const everything = await webhooks.endpoint(all.url);
    const delivered = await webhooks.endpoint(picky.url, ['order.delivered']);
    const first = await webhooks.happen('order.fulfilled');
    const second = await webhooks.happen('order.delivered');
    await until(() => all.received.length === 2 && picky.received.length === 1);
    for (const message of all.received) {
      expect(verify(everything.secret, message)).toEqual(message.event);
      expect(() => verify(delivered.secret, message)).toThrow('No matching signature');
      expect(message.headers).toMatchObject({
        'content-type': 'application/cloudevents+json',
        'webhook-id': message.event.id,
      });
    }
    const [only] = picky.received;
    expect(only?.event).toMatchObject({
      specversion: '1.0',
      type: 'order.delivered',
      subject: `order/${second}`,
    });
    const seen = all.received.map(({ event }) => event.subject).sort();
    expect(seen).toEqual([`order/${first}`, `order/${second}`].sort());
    // Given again, as brokers do, it is in line already.
    await inTransaction(shop.db, (tx) => webhookConsumer.apply(tx, only?.event as CloudEvent));
    await webhooks.happen('order.delivered');
    await until(() => picky.received.length === 2);
    expect(new Set(picky.received.map(({ event }) => event.id)).size).toBe(2);
    expect(await webhooks.logOf(delivered.id)).toHaveLength(2);
  });

  it('is tried again after each kind of failure, with the same id and body, and every attempt is logged', async () => {
    const server = await receiver();
    const { id, secret } = await webhooks.endpoint(server.url);
    server.answerBy((response) => response.writeHead(500).end('out of order\0'));
    await webhooks.happen();
    const failed = await webhooks.afterAttempts(id, 1);
    expect(failed).toMatchObject({
      state: 'pending',
      lastStatus: 500,
      lastError: 'It answered 500.',
      responseExcerpt: 'out of order\ufffd',
    });
    const waits = Date.parse(failed.nextAttemptAt ?? '') - Date.parse(failed.createdAt);
    expect(waits).toBeGreaterThan(5000);
    // The second pause.
    expect(waits).toBeLessThan(30_000);
    server.answerBy((response) => response.destroy());
    await webhooks.makeDue(id);
    expect(await webhooks.afterAttempts(id, 2)).toMatchObject({
      state: 'pending',
      lastStatus: null,
      lastError: 'socket hang up',
    });
    server.answerBy((response) => response.writeHead(200).end('thank you'));
    await webhooks.makeDue(id);
    const delivered = await webhooks.afterAttempts(id, 3);
    expect(delivered).toMatchObject({ state: 'delivered', lastError: null, nextAttemptAt: null });
    expect(delivered.log).toMatchObject([
      { number: 1, status: 500, error: 'It answered 500.' },
      { number: 2, status: null, error: 'socket hang up' },
      { number: 3, status: 200, error: null },
    ]);
    const [one, two, three] = server.received;
    expect([two?.body, three?.body]).toEqual([one?.body, one?.body]);
    for (const message of server.received) expect(verify(secret, message)).toBeTruthy();
    expect(await getEndpoint(shop.db, id)).toMatchObject({ failingSince: null });
  });

  it('is given up after ten attempts, and sent again when somebody asks', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    server.answerBy((response) => response.writeHead(503, LATER).end());
    await webhooks.happen();
    await webhooks.afterAttempts(id, 1);
    await sql`UPDATE webhook_deliveries SET failures = 9`.execute(shop.db);
    await webhooks.makeDue(id);
    const given = await webhooks.afterAttempts(id, 2);
    expect(given).toMatchObject({ state: 'failed', nextAttemptAt: null });
    server.answerBy((response) => response.writeHead(204).end());
    await replayDelivery(shop.db, id, given.id);
    expect(await webhooks.afterAttempts(id, 3)).toMatchObject({ state: 'delivered' });
    await replayDelivery(shop.db, id, given.id);
    expect(await webhooks.afterAttempts(id, 4)).toMatchObject({ state: 'delivered' });
    expect(new Set(server.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('that is replayed while its last attempt is under way is sent again whatever that one ends with', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    server.answerBy((response) => response.writeHead(503, LATER).end());
    await webhooks.happen();
    const { id: deliveryId } = await webhooks.afterAttempts(id, 1);
    await sql`UPDATE webhook_deliveries SET failures = 9`.execute(shop.db);
    const held: ServerResponse[] = [];
    server.answerBy((response) => held.push(response));
    await webhooks.makeDue(id);
    await until(() => held.length === 1);
    await replayDelivery(shop.db, id, deliveryId);
    server.answerBy((response) => response.writeHead(204).end());
    held[0]?.writeHead(503, LATER).end();
    const delivered = await webhooks.afterAttempts(id, 3);
    expect(delivered).toMatchObject({ state: 'delivered', nextAttemptAt: null });
    expect(delivered.log.map(({ status }) => status)).toEqual([503, 503, 204]);
  });

  it('that failed is among those sent again since a time, one delivered or older is not', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    for (let count = 0; count < 3; count += 1) await webhooks.happen();
    await until(() => server.received.length === 3);
    await until(async () => (await webhooks.logOf(id)).every(({ state }) => state === 'delivered'));
    const [old, young] = await webhooks.logOf(id);
    await sql`UPDATE webhook_deliveries SET state = 'failed' WHERE id IN (${old?.id}, ${young?.id})`.execute(
      shop.db,
    );
    await sql`UPDATE webhook_deliveries SET created_at = now() - interval '2 days' WHERE id = ${old?.id}`.execute(
      shop.db,
    );
    const since = new Date(Date.now() - 24 * 3600 * 1000);
    expect(await replayFailed(shop.db, id, since)).toBe(1);
    await until(() => server.received.length === 4);
    expect(server.received[3]?.event.id).toBe(young?.eventId);
  });

  it('waits as long as the endpoint asks, up to a day', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    server.answerBy((response) => response.writeHead(429, { 'retry-after': '600' }).end());
    await webhooks.happen();
    const asked = await webhooks.afterAttempts(id, 1);
    const waits = () => Date.parse(asked.nextAttemptAt ?? '') - Date.now();
    expect(waits()).toBeGreaterThan(590_000);
    expect(waits()).toBeLessThan(602_000);
    server.answerBy((response) => response.writeHead(503, { 'retry-after': '99999999' }).end());
    await webhooks.makeDue(id);
    const greedy = await webhooks.afterAttempts(id, 2);
    expect(Date.parse(greedy.nextAttemptAt ?? '') - Date.now()).toBeLessThan(86_410_000);
  });

  it('whose job was lost is put in line again by the next repair', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    server.answerBy((response) => response.writeHead(500, LATER).end());
    await webhooks.happen();
    await webhooks.afterAttempts(id, 1);
    await sql`SELECT graphile_worker.complete_jobs(ARRAY(
      SELECT jobs.id FROM graphile_worker.jobs WHERE task_identifier = 'deliver_webhooks'))`.execute(
      shop.db,
    );
    await sql`UPDATE webhook_deliveries SET next_attempt_at = now() - interval '3 minutes'`.execute(
      shop.db,
    );
    server.answerBy((response) => response.writeHead(204).end());
    await repairWebhooks({ db: shop.db, logger: createLogger('silent') });
    expect(await webhooks.afterAttempts(id, 2)).toMatchObject({ state: 'delivered' });
  });

  it('that was put in line before the database’s clock was set back does not wait until that has caught up', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    server.answerBy((response) => response.writeHead(500, LATER).end());
    await webhooks.happen();
    await webhooks.happen();
    const log = () => webhooks.logOf(id);
    await until(async () => (await log()).filter(({ attempts }) => attempts === 1).length === 2);
    const [fresh, failed] = await log();
    await sql`UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 hour'`.execute(
      shop.db,
    );
    await sql`UPDATE webhook_deliveries SET failures = 0 WHERE id = ${fresh?.id}`.execute(shop.db);
    server.answerBy((response) => response.writeHead(204).end());
    await repairWebhooks({ db: shop.db, logger: createLogger('silent') });
    await until(async () => (await log())[0]?.state === 'delivered');
    expect((await log())[1]).toMatchObject({ id: failed?.id, attempts: 1 });
  });
});

describe('an endpoint', () => {
  it('that answers 410 is disabled at once, and what waits is sent when it is enabled', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    server.answerBy((response) => response.writeHead(410).end());
    await webhooks.happen();
    await until(async () => (await getEndpoint(shop.db, id)).state === 'disabled');
    expect(await getEndpoint(shop.db, id)).toMatchObject({
      disabledReason: 'It answered 410: it is gone.',
    });
    expect(await webhooks.afterAttempts(id, 1)).toMatchObject({ state: 'pending' });
    await webhooks.makeDue(id);
    await expect(
      replayDelivery(shop.db, id, (await webhooks.logOf(id))[0]?.id ?? ''),
    ).rejects.toMatchObject({ code: 'conflict' });
    server.answerBy((response) => response.writeHead(204).end());
    await switchEndpoint(shop.db, id, true);
    expect(await webhooks.afterAttempts(id, 2)).toMatchObject({ state: 'delivered' });
    expect(server.received).toHaveLength(2);
  });

  it('whose address is changed is not disabled by what the old one answers', async () => {
    const server = await receiver();
    const { id, description, eventTypes } = await webhooks.endpoint(`${server.url}/old`);
    // Changed while the old one has the event.
    server.answerBy(async (response) => {
      const url = `${server.url}/new`;
      await changeEndpoint(shop.db, { insecure: true }, id, { url, description, eventTypes });
      response.writeHead(410, LATER).end();
    });
    await webhooks.happen();
    expect(await webhooks.afterAttempts(id, 1)).toMatchObject({ state: 'pending' });
    expect(await getEndpoint(shop.db, id)).toMatchObject({ state: 'enabled', failingSince: null });
    server.answerBy((response) => response.writeHead(204).end());
    await webhooks.makeDue(id);
    expect(await webhooks.afterAttempts(id, 2)).toMatchObject({ state: 'delivered' });
  });

  it('to which nothing arrived for three days is disabled, and says why', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    server.answerBy((response) => response.writeHead(500, LATER).end());
    await webhooks.happen();
    await webhooks.afterAttempts(id, 1);
    const before = await getEndpoint(shop.db, id);
    expect(before).toMatchObject({ state: 'enabled', failingSince: expect.any(String) });
    const move = (hours: number) =>
      sql`UPDATE webhook_endpoints SET failing_since = now() - make_interval(hours => ${hours})`.execute(
        shop.db,
      );
    await move(71);
    await webhooks.makeDue(id);
    await webhooks.afterAttempts(id, 2);
    expect(await getEndpoint(shop.db, id)).toMatchObject({ state: 'enabled' });
    await move(73);
    // Another address has its own three days.
    const { url, description, eventTypes } = before;
    const change = (to: string) =>
      changeEndpoint(shop.db, { insecure: true }, id, { url: to, description, eventTypes });
    await change(url);
    expect(await getEndpoint(shop.db, id)).toMatchObject({ failingSince: expect.any(String) });
    expect(await change(`${url}/new`)).toMatchObject({ failingSince: null });
    await change(url);
    await webhooks.makeDue(id);
    await webhooks.afterAttempts(id, 3);
    expect(await getEndpoint(shop.db, id)).toMatchObject({ state: 'enabled' });
    await move(73);
    await webhooks.makeDue(id);
    await webhooks.afterAttempts(id, 4);
    expect(await getEndpoint(shop.db, id)).toMatchObject({
      state: 'disabled',
      disabledReason: 'Every attempt of three days failed.',
    });
    await webhooks.happen();
    await everythingPublished();
    expect(await webhooks.logOf(id)).toHaveLength(1);
  });

  it('with a rotated secret is signed for under both for a day, then under the new one alone', async () => {
    const server = await receiver();
    const { id, secret: old } = await webhooks.endpoint(server.url);
    const { secret: fresh } = await rotateSecret(shop.db, id);
    await webhooks.happen();
    await until(() => server.received.length === 1);
    const [both] = server.received;
    if (!both) throw new Error('nothing received');
    expect(verify(old, both)).toEqual(verify(fresh, both));
    await sql`UPDATE webhook_endpoints SET previous_secret_until = now()`.execute(shop.db);
    await webhooks.happen();
    await until(() => server.received.length === 2);
    const [, later] = server.received;
    if (!later) throw new Error('nothing received');
    expect(verify(fresh, later)).toBeTruthy();
    expect(() => verify(old, later)).toThrow('No matching signature');
  });

  it('that hangs is given ten seconds, and holds up no other endpoint and no refund meanwhile', async () => {
    const hanging = await receiver();
    const well = await receiver();
    let open = 0;
    let most = 0;
    hanging.answerBy((response) => {
      open += 1;
      most = Math.max(most, open);
      response.on('close', () => {
        open -= 1;
      });
    });
    const hangs = await Promise.all(
      Array.from({ length: 6 }, () => webhooks.endpoint(hanging.url, ['order.fulfilled'])),
    );
    for (let count = 0; count < 3; count += 1) await webhooks.happen('order.fulfilled');
    await until(() => most >= hangs.length);
    await webhooks.endpoint(well.url, ['order.delivered']);
    await webhooks.happen('order.delivered');
    await until(() => well.received.length === 1);
    const { token } = await shop.customer();
    const { variantId } = await shop.product();
    const { body: order } = await shop.order(token, variantId);
    await shop.pay(token, order.id);
    const admin = await shop.adminToken();
    await shop.api('POST', `/api/orders/${order.id}/refunds`, {
      token: admin,
      body: { amount: { amount: 500, currency: 'USD' } },
    });
    await until(async () => {
      const { body } = await shop.api('GET', `/api/orders/${order.id}/refunds`, { token: admin });
      return body.data[0]?.status === 'succeeded';
    });
    const [first] = hangs;
    const timedOut = () =>
      webhooks.logOf(first?.id ?? '').then((log) => log.find((d) => d.attempts > 0));
    await until(async () => (await timedOut()) !== undefined);
    expect(await timedOut()).toMatchObject({
      lastStatus: null,
      lastError: 'No whole answer came within 10 s.',
    });
  });

  it('is sent eight events at once, those of one order one after another', async () => {
    const server = await receiver();
    await webhooks.endpoint(server.url);
    const held: ServerResponse[] = [];
    server.answerBy((response) => held.push(response));
    const orders = Array.from({ length: 10 }, () => randomUUID());
    const both = (order: string) => [
      event('order.fulfilled', order, {}),
      event('order.delivered', order, {}),
    ];
    await inTransaction(shop.db, (tx) => recordEvents(tx, orders.flatMap(both)));
    await until(() => held.length === 8);
    expect(new Set(server.received.map((message) => message.event.subject)).size).toBe(8);
    server.answerBy((response) => response.writeHead(204).end());
    for (const response of held) response.writeHead(204).end();
    await until(() => server.received.length === 20);
    for (const order of orders) {
      const its = server.received.filter((message) => message.event.subject === `order/${order}`);
      expect(its.map((message) => message.event.type)).toEqual([
        'order.fulfilled',
        'order.delivered',
      ]);
    }
  });

  it('is sent at once, and once, what happens while it is sent something else', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    const ordersOneByOne = async () => {
      for (let count = 0; count < 20; count += 1) await webhooks.happen();
    };
    await Promise.all([ordersOneByOne(), ordersOneByOne(), ordersOneByOne()]);
    await until(() => server.received.length >= 60);
    const delivered = () =>
      shop.db
        .selectFrom('webhook_deliveries')
        .select('attempts')
        .where('endpoint_id', '=', id)
        .where('state', '=', 'delivered')
        .execute();
    await until(async () => (await delivered()).length === 60);
    expect(new Set((await delivered()).map(({ attempts }) => attempts))).toEqual(new Set([1]));
    expect(server.received).toHaveLength(60);
  });

  it('is sent what the version before put in line, by the first job of that line', async () => {
    const server = await receiver();
    const { id } = await webhooks.endpoint(server.url);
    server.answerBy((response) => response.writeHead(500, LATER).end());
    for (let count = 0; count < 5; count += 1) await webhooks.happen();
    const waiting = () => webhooks.logOf(id);
    await until(
      async () => (await waiting()).filter(({ attempts }) => attempts === 1).length === 5,
    );
    const held: ServerResponse[] = [];
    server.answerBy((response) => held.push(response));
    const deliveries = await waiting();
    await inTransaction(shop.db, async (tx) => {
      await sql`UPDATE webhook_deliveries SET next_attempt_at = now()`.execute(tx);
      for (const delivery of deliveries) {
        const before = { jobKey: `webhook:${delivery.id}`, queue: `webhook:${id}` };
        await enqueueJob(tx, 'deliver_webhook', { deliveryId: delivery.id }, before);
      }
    });
    await until(() => held.length === 5);
    const { rows } = await sql<{ jobs: number }>`
      SELECT count(*) AS jobs FROM graphile_worker.jobs WHERE task_identifier = 'deliver_webhook'`.execute(
      shop.db,
    );
    expect(rows[0]?.jobs).toBe(5);
    for (const response of held) response.writeHead(204).end();
    await until(async () => (await waiting()).every(({ state }) => state === 'delivered'));
    expect(server.received).toHaveLength(10);
  });
});
