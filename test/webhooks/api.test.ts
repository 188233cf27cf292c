import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { startReceiver, verify } from './receiver.ts';
import { webhooksOf } from './support.ts';

let shop: TestShop;
let token: string;
beforeAll(async () => {
  shop = await startShop();
  token = await shop.adminToken();
});
afterAll(() => shop.stop());

const path = '/api/webhook-endpoints';

it('an administrator makes, changes, tries and deletes an endpoint', async () => {
  const server = await startReceiver();
  onTestFinished(() => server.close());
  const created = await shop.api('POST', path, {
    token,
    body: { url: server.url, eventTypes: ['order.fulfilled'] },
  });
  expect(created).toMatchObject({
    status: 201,
    body: {
      url: server.url,
      description: '',
      eventTypes: ['order.fulfilled'],
      state: 'enabled',
      secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/),
    },
  });
  const { id, secret } = created.body;
  const one = `${path}/${id}`;
  expect(created.headers.get('location')).toBe(one);
  for (const { body } of [
    await shop.api('GET', one, { token }),
    await shop.api('GET', path, { token }),
  ])
    expect(JSON.stringify(body)).not.toContain('whsec_');

  await webhooksOf(shop).happen('order.fulfilled');
  await until(() => server.received.length === 1);
  const rotated = await shop.api('POST', `${one}/rotate-secret`, { token });
  expect(rotated.status).toBe(200);
  expect(rotated.body.secret).not.toBe(secret);

  const log = await shop.api('GET', `${one}/deliveries`, { token });
  expect(log.body.data).toMatchObject([{ eventType: 'order.fulfilled', endpointId: id }]);
  await until(async () => {
    const { body } = await shop.api('GET', `${one}/deliveries?state=delivered`, { token });
    return body.data.length === 1;
  });
  const replay = `${one}/deliveries/${log.body.data[0].id}/replay`;
  expect(await shop.api('POST', replay, { token })).toMatchObject({
    status: 202,
    body: { state: 'pending' },
  });
  await until(() => server.received.length === 2);
  const [first, second] = server.received;
  if (!first || !second) throw new Error('nothing received');
  expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
  expect(verify(rotated.body.secret, second)).toBeTruthy();

  const off = await shop.api('PUT', one, {
    token,
    body: { url: server.url, description: 'Stock keeping', enabled: false },
  });
  // Left out, the types stay: it would be sent what it was never meant to see.
  expect(off.body).toMatchObject({
    description: 'Stock keeping',
    eventTypes: ['order.fulfilled'],
    state: 'disabled',
    disabledReason: 'Disabled by an administrator.',
  });
  expect((await shop.api('POST', replay, { token })).status).toBe(409);
  const on = await shop.api('PUT', one, { token, body: { url: server.url, enabled: true } });
  expect(on.body).toMatchObject({ state: 'enabled', disabledReason: null, disabledAt: null });
  expect(on.body.description).toBe('Stock keeping');
  const all = await shop.api('PUT', one, { token, body: { url: server.url, eventTypes: null } });
  expect(all.body.eventTypes).toBeNull();

  expect((await shop.api('DELETE', one, { token })).status).toBe(204);
  for (const [method, gone] of [
    ['GET', one],
    ['DELETE', one],
    ['POST', `${one}/rotate-secret`],
    ['GET', `${one}/deliveries`],
    ['POST', replay],
  ] as const)
    expect([gone, (await shop.api(method, gone, { token })).status]).toEqual([gone, 404]);
});

it('a delivery of another endpoint is not found', async () => {
  const server = await startReceiver();
  onTestFinished(() => server.close());
  const webhooks = webhooksOf(shop);
  const mine = await webhooks.endpoint(server.url, ['order.delivered']);
  const other = await webhooks.endpoint(server.url, ['order.fulfilled']);
  await webhooks.happen('order.delivered');
  const delivery = await webhooks.afterAttempts(mine.id, 1);
  const foreign = `${path}/${other.id}/deliveries/${delivery.id}/replay`;
  expect((await shop.api('POST', foreign, { token })).status).toBe(404);
  expect(await webhooks.afterAttempts(mine.id, 1)).toMatchObject({ state: 'delivered' });
});

it('an address that cannot be sent to and a type that there is not are refused', async () => {
  for (const [body, field] of [
    [{ url: 'ftp://shop.example/' }, 'url'],
    [{ url: 'https://user:word@shop.example/' }, 'url'],
    [{ url: 'https://shop.example/', eventTypes: [] }, 'eventTypes'],
    [{ url: 'https://shop.example/', eventTypes: ['order.eaten'] }, 'eventTypes.0'],
  ] as const) {
    const answer = await shop.api('POST', path, { token, body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(field);
  }
});

it('nobody but an administrator sees or makes endpoints', async () => {
  const customer = await shop.customer();
  const one = `${path}/${randomUUID()}`;
  for (const [method, address] of [
    ['GET', path],
    ['POST', path],
    ['GET', one],
    ['PUT', one],
    ['DELETE', one],
    ['POST', `${one}/rotate-secret`],
    ['GET', `${one}/deliveries`],
    ['POST', `${one}/deliveries/${randomUUID()}/replay`],
  ] as const) {
    expect((await shop.api(method, address)).status).toBe(401);
    expect((await shop.api(method, address, { token: customer.token })).status).toBe(403);
  }
});
