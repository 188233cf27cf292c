import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMainstayClient, orThrow } from '../../client/src/index.ts';
import { operationFinder } from '../support/contract/document.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { readCollection, runCollection } from './collection.ts';
import { buyElsewhere } from './elsewhere.ts';
import { clientTypes } from './types.ts';

const root = join(import.meta.dirname, '../..');
let shop: TestShop;

beforeAll(async () => {
  shop = await startShop();
  await shop.product({ title: 'Enamel flask', price: 1500 });
});
afterAll(() => shop.stop());

/** A network that fails as planned, before the real one is asked or after it has answered. */
function network(...plan: ((real: () => Promise<Response>) => Promise<Response>)[]) {
  const sent: Request[] = [];
  return {
    sent,
    fetch: (request: Request) => {
      sent.push(request);
      const real = () => fetch(request);
      return (plan[sent.length - 1] ?? ((ask) => ask()))(real);
    },
  };
}
const answers = (status: number) => async () =>
  new Response('{}', { status, headers: { 'retry-after': '0' } });
const losesTheAnswer = async (real: () => Promise<Response>) => {
  await real();
  throw new TypeError('connection reset');
};

async function isPaid(orderId = ''): Promise<boolean> {
  const token = await shop.adminToken();
  return (await shop.api('GET', `/api/orders/${orderId}`, { token })).body.status === 'paid';
}

async function customer(options: { fetch?: (request: Request) => Promise<Response> } = {}) {
  const { token } = await shop.customer();
  return createMainstayClient({ baseUrl: shop.url, token, ...options });
}

describe('the client', () => {
  it('has the types of the shop’s own document: npm run client:types', async () => {
    const { body: document } = await shop.api('GET', '/api-docs/json');
    await expect(await clientTypes(document)).toMatchFileSnapshot(
      join(root, 'client/src/schema.ts'),
    );
  });

  it('is told beside a collection for Bruno, whose requests are the shop’s and buy something', async () => {
    const requests = await readCollection();
    const known = operationFinder((await shop.api('GET', '/api-docs/json')).body);
    const ours = requests.filter(({ url }) => url.startsWith('{{shop}}'));
    expect(ours).toHaveLength(requests.length - 1);
    for (const { name, method, url } of ours) {
      const path = url
        .replace('{{shop}}', '')
        .replace(/\?.*/, '')
        .replaceAll(/\{\{\w+\}\}/g, '1');
      expect(known(method, path), name).not.toBeNull();
    }
    const given = {
      ...{ shop: shop.url, standIn: shop.standInUrl },
      ...{ adminEmail: shop.admin.email, adminPassword: shop.admin.password },
    };
    const last = await runCollection(requests, given, async ({ name }, { orderId }) => {
      // A person has looked at the order until then.
      if (name.includes('Refund')) await until(() => isPaid(orderId));
    });
    const happened = last.data.map(({ type }: { type: string }) => type);
    expect(happened).toEqual(expect.arrayContaining(['order.placed', 'order.paid']));
  });

  it('is packed, installed in an empty project, type-checked there, and buys something', async () => {
    const { output } = await buyElsewhere(shop.url, shop.admin);
    expect(output).toMatch(/"refunded" \{"amount":1500,"currency":"USD"\}\n$/);
    const { data: charges } = await shop.atStripe('/_test/charges');
    expect(charges.at(-1)).toMatchObject({ amount: 1500, amountRefunded: 1500 });
  });

  it('places one order though answers are lost and the shop is busy, under one key', async () => {
    const { variantId } = await shop.product();
    const { sent, fetch } = network(answers(503), answers(429), losesTheAnswer);
    const client = await customer({ fetch });
    const { data, response } = await client.POST('/api/orders', {
      body: { items: [{ variantId, quantity: 1 }] },
    });
    expect(response.headers.get('idempotent-replayed')).toBe('true');
    expect(new Set(sent.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
    const mine = await orThrow(client.GET('/api/orders'));
    expect(mine.data.map(({ id }) => id)).toEqual([data?.id]);
  });

  it('sends what is not safe to repeat once, and what was turned away unread again', async () => {
    const login = { email: 'lost@example.test', password: 'correct horse battery' };
    const body = { ...login, name: 'Ada' };
    const lost = network(losesTheAnswer);
    const asked = createMainstayClient({ baseUrl: shop.url, fetch: lost.fetch });
    await expect(asked.POST('/api/auth/register', { body })).rejects.toThrow('connection reset');
    expect(lost.sent).toHaveLength(1);
    const limited = network(answers(429));
    const again = createMainstayClient({ baseUrl: shop.url, fetch: limited.fetch });
    await orThrow(again.POST('/api/auth/login', { body: login }));
    expect(limited.sent).toHaveLength(2);
  });

  it('gives back an answer that asks for a longer wait than the caller allows', async () => {
    const { sent, fetch } = network(
      async () => new Response('{}', { status: 503, headers: { 'retry-after': '60' } }),
    );
    const client = createMainstayClient({ baseUrl: shop.url, fetch });
    expect((await client.GET('/api/products')).response.status).toBe(503);
    expect(sent).toHaveLength(1);
  });

  it('refreshes an expired session once for all who wait, and tells the tokens that follow', async () => {
    const account = (await shop.api('POST', '/api/auth/login', { body: shop.admin })).body;
    const told: unknown[] = [];
    const { sent, fetch } = network();
    const client = createMainstayClient({
      baseUrl: shop.url,
      fetch,
      tokens: { accessToken: 'expired', refreshToken: account.refreshToken },
      onTokens: (tokens) => told.push(tokens),
    });
    const all = await Promise.all(
      Array.from({ length: 5 }, () => orThrow(client.GET('/api/auth/profile'))),
    );
    expect(all.map(({ email }) => email)).toEqual(Array(5).fill(shop.admin.email));
    expect(sent.filter(({ url }) => url.endsWith('/api/auth/refresh'))).toHaveLength(1);
    expect(told).toEqual([client.session.tokens]);
    // The new refresh token is the one that works.
    const { refreshToken = '' } = client.session.tokens ?? {};
    client.session.use({ accessToken: 'expired', refreshToken });
    await orThrow(client.GET('/api/auth/profile'));
  });

  it('is nobody once its session has ended, and says so', async () => {
    const { email, password } = await shop.customer();
    const client = createMainstayClient({
      baseUrl: shop.url,
      tokens: { accessToken: 'expired', refreshToken: 'spent' },
    });
    await expect(orThrow(client.GET('/api/auth/profile'))).rejects.toMatchObject({
      code: 'unauthenticated',
      status: 401,
    });
    expect(client.session.tokens).toBeNull();
    // A wrong password is no reason to refresh.
    await expect(
      orThrow(client.POST('/api/auth/login', { body: { email, password: 'not this one' } })),
    ).rejects.toMatchObject({ code: 'invalid_credentials' });
    client.session.use(
      await orThrow(client.POST('/api/auth/login', { body: { email, password } })),
    );
    expect((await orThrow(client.GET('/api/auth/profile'))).email).toBe(email);
  });

  it('says that the shop is away, not that one has to sign in, where it refreshes nothing for now', async () => {
    const { refreshToken } = (await shop.api('POST', '/api/auth/login', { body: shop.admin })).body;
    const told: unknown[] = [];
    let away = true;
    const fetchAway = async (request: Request) =>
      away && request.url.endsWith('/refresh')
        ? new Response('{}', { status: 503 })
        : fetch(request);
    const client = createMainstayClient({
      baseUrl: shop.url,
      fetch: fetchAway,
      tokens: { accessToken: 'expired', refreshToken },
      onTokens: (tokens) => told.push(tokens),
    });
    const both = await Promise.all([
      client.GET('/api/auth/profile'),
      client.GET('/api/auth/sessions'),
    ]);
    expect(both.map(({ response }) => response.status)).toEqual([503, 503]);
    expect(told).toEqual([]);
    away = false;
    expect((await orThrow(client.GET('/api/auth/profile'))).email).toBe(shop.admin.email);
  });

  it('waits for a refresh no longer than its caller does', async () => {
    const silent = () => new Promise<Response>(() => undefined);
    const { fetch } = network((ask) => ask(), silent);
    const tokens = { accessToken: 'expired', refreshToken: 'good' };
    const client = createMainstayClient({ baseUrl: shop.url, fetch, tokens });
    const signal = AbortSignal.timeout(200);
    await expect(client.GET('/api/auth/profile', { signal })).rejects.toThrow(/timeout/);
    const later = AbortSignal.abort(new Error('not now'));
    await expect(client.GET('/api/auth/sessions', { signal: later })).rejects.toThrow('not now');
  });

  it('asks nothing as another who signs in while a session is refreshed, and leaves them signed in', async () => {
    const first = (await shop.api('POST', '/api/auth/login', { body: shop.admin })).body;
    const { email, password } = await shop.customer();
    const second = (await shop.api('POST', '/api/auth/login', { body: { email, password } })).body;
    const { sent, fetch } = network(
      (ask) => ask(),
      async (refresh) => {
        const answer = await refresh();
        client.session.use(second);
        return answer;
      },
    );
    const client = createMainstayClient({
      baseUrl: shop.url,
      fetch,
      tokens: { accessToken: 'expired', refreshToken: first.refreshToken },
    });
    const { response } = await client.POST('/api/orders', {
      body: { items: [{ variantId: (await shop.product()).variantId, quantity: 1 }] },
    });
    expect(response.status).toBe(401);
    expect(sent).toHaveLength(2);
    expect((await orThrow(client.GET('/api/auth/profile'))).email).toBe(email);
    expect((await orThrow(client.GET('/api/orders'))).data).toEqual([]);
  });

  it('gives back what something in front of the shop says, and lets go of answers it does not read', async () => {
    const cancel = vi.fn();
    const page = (status: number) => async () =>
      new Response(new ReadableStream({ cancel }), { status });
    const inFront = new Response('<h1>Who are you?</h1>', { status: 401 });
    const { fetch } = network(page(503), page(429), async () => inFront);
    const tokens = { accessToken: 'good', refreshToken: 'good' };
    const client = createMainstayClient({ baseUrl: shop.url, fetch, tokens });
    await expect(orThrow(client.GET('/api/auth/profile'))).rejects.toMatchObject({
      ...{ name: 'MainstayError', status: 401, problem: null },
    });
    expect(cancel).toHaveBeenCalledTimes(2);
    expect(client.session.tokens).toEqual(tokens);
  });

  it('throws the shop’s problem, by its code', async () => {
    const { variantId } = await shop.product({ stock: 1 });
    const client = await customer();
    await expect(
      orThrow(client.POST('/api/orders', { body: { items: [{ variantId, quantity: 2 }] } })),
    ).rejects.toMatchObject({
      name: 'MainstayError',
      code: 'insufficient_stock',
      problem: { correlationId: expect.any(String) },
    });
  });
});
