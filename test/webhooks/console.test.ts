import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { errorLinks, hidden, openConsole, textOf, typedIn } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { startReceiver, verify } from './receiver.ts';
import { webhooksOf } from './support.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

it('the console makes an endpoint, shows its secret once, pings it, and replaces the secret', async () => {
  const server = await startReceiver();
  onTestFinished(() => server.close());
  const admin = await openConsole(shop);
  await admin.open('/admin/endpoints/new');
  const refused = await admin.submit('/admin/endpoints', {
    url: 'nowhere',
    description: 'Stock keeping',
    eventTypes: 'order.delivered',
  });
  expect(refused.status).toBe(400);
  expect(errorLinks(refused.text)).toEqual(['url']);
  expect(typedIn(refused.text, 'description')).toBe('Stock keeping');
  expect(refused.text).toMatch(/value="order\.delivered" checked/);

  const created = await admin.submit('/admin/endpoints', {
    url: server.url,
    description: 'Stock keeping',
    eventTypes: 'order.delivered',
  });
  expect(created.status).toBe(201);
  const secret = secretOn(created.text);
  const path = /href="(\/admin\/endpoints\/[0-9a-f-]{36})"/.exec(created.text)?.[1] ?? '';
  const page = await admin.open(path);
  expect(page.text).not.toContain('whsec_');
  expect(textOf(page.text)).toContain('Stock keeping');

  const ping = await admin.submit(`${path}/ping`, {});
  expect(ping.status).toBe(303);
  await until(() => server.received.length === 1);
  const [message] = server.received;
  if (!message) throw new Error('nothing received');
  expect(verify(secret, message)).toMatchObject({ type: 'ping', specversion: '1.0', data: {} });
  await until(async () =>
    textOf((await admin.open(ping.location ?? '')).text).includes('State Delivered'),
  );

  const rotated = secretOn((await admin.submit(`${path}/rotate`, {})).text);
  expect(rotated).not.toBe(secret);
  const seen = hidden((await admin.open(`${path}/edit`)).text, 'seen');
  const changed = await admin.submit(path, { seen, url: server.url, description: '' });
  expect(changed.status).toBe(303);
  expect(textOf((await admin.open(path)).text)).toContain('Events All');
  expect((await admin.submit(`${path}/delete`, {})).location).toBe('/admin/endpoints');
  expect((await admin.open(path)).status).toBe(404);
});

it('a form of an endpoint that was made before somebody else changed what it says undoes nothing', async () => {
  const { id } = await webhooksOf(shop).endpoint('https://shop.test/a', ['order.paid']);
  const path = `/admin/endpoints/${id}`;
  const admin = await openConsole(shop);
  const form = { url: 'https://shop.test/a', description: 'Stock keeping' };
  const seen = hidden((await admin.open(`${path}/edit`)).text, 'seen');
  const token = await shop.adminToken();
  const moved = { url: 'https://shop.test/b', description: '', eventTypes: ['order.paid'] };
  const api = `/api/webhook-endpoints/${id}`;
  await shop.api('PUT', api, { token, body: moved });
  const refused = await admin.submit(path, { ...form, seen });
  expect(refused.status).toBe(409);
  expect(textOf(refused.text)).toContain('Somebody else changed it since you opened it');
  expect((await shop.api('GET', api, { token })).body).toMatchObject(moved);

  // What is told of it otherwise, such as a new secret, is none of the form's.
  const anew = hidden((await admin.open(`${path}/edit`)).text, 'seen');
  await admin.submit(`${path}/rotate`, {});
  await admin.submit(`${path}/disable`, {});
  for (const _twice of [1, 2])
    expect((await admin.submit(path, { ...form, seen: anew })).status).toBe(303);
  expect((await shop.api('GET', api, { token })).body).toMatchObject({
    ...form,
    state: 'disabled',
  });
});

it('the console shows why a delivery failed, and sends it again, alone or with what failed beside it', async () => {
  const server = await startReceiver();
  onTestFinished(() => server.close());
  const webhooks = webhooksOf(shop);
  const { id } = await webhooks.endpoint(server.url, ['order.delivered']);
  // No attempt comes by itself meanwhile.
  server.answerBy((response) => response.writeHead(400, { 'retry-after': '600' }).end('<b>no</b>'));
  const order = await webhooks.happen('order.delivered');
  const delivery = await webhooks.afterAttempts(id, 1);
  const admin = await openConsole(shop);
  const path = `/admin/endpoints/${id}`;
  const page = `${path}/deliveries/${delivery.id}`;
  const { text } = await admin.open(page);
  expect(textOf(text)).toContain('It answered 400.');
  expect(text).toContain('&#60;b&#62;no');
  expect(text).toContain(order);
  expect(textOf((await admin.open(path)).text)).toContain('State Failing');
  const logged = async (state: string) =>
    (await admin.open(`${path}?state=${state}`)).text.includes(`/deliveries/${delivery.id}"`);
  expect([await logged('pending'), await logged('delivered')]).toEqual([true, false]);

  await shop.db
    .updateTable('webhook_deliveries')
    .set({ state: 'failed', next_attempt_at: null, settled_at: new Date() })
    .where('id', '=', delivery.id)
    .execute();
  server.answerBy((response) => response.writeHead(204).end());
  const thatDay = delivery.createdAt.slice(0, 10);
  await admin.submit(`${path}/replay-failed`, { since: thatDay });
  expect(textOf((await admin.open(path)).text)).toContain('1 failed delivery is being sent again.');
  await webhooks.afterAttempts(id, 2);
  await admin.open(page);
  await admin.submit(`${page}/replay`, {});
  expect(await webhooks.afterAttempts(id, 3)).toMatchObject({ state: 'delivered' });

  await admin.submit(`${path}/disable`, {});
  expect(textOf((await admin.open(path)).text)).toContain('Disabled by an administrator.');
  await admin.submit(`${page}/replay`, {});
  expect(textOf((await admin.open(page)).text)).toContain('The endpoint is disabled.');
  await admin.submit(`${path}/enable`, {});
  expect(textOf((await admin.open(path)).text)).toContain('State Enabled');
});

function secretOn(page: string): string {
  const secret = /whsec_[\w+/]{43}(=|&#61;)/.exec(page)?.[0];
  if (!secret) throw new Error('no secret on the page');
  return secret.replace('&#61;', '=');
}
