import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Api, createApi } from '../support/api.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { logLines, makeDataDir, startMain } from '../support/process.ts';
import { until } from '../support/until.ts';
import { type Collector, type SeenSpan, startCollector } from './collector.ts';

const ADMIN = { email: 'admin@traces.test', password: 'administrator of traces' };
const ADDRESS = {
  name: 'Ada Traceless',
  line1: 'Unseen Lane 7',
  city: 'Nowhere',
  postalCode: '10115',
  country: 'DE',
};

/** A whole shop as a process that sends its traces to a collector of the test's own. */
async function startTraced(database: TestDatabase, env: Record<string, string> = {}) {
  const collector = await startCollector();
  const dataDir = await makeDataDir();
  const main = await startMain(dataDir.path, {
    DATABASE_URL: database.url,
    DEMO_CATALOGUE: 'off',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    RATE_LIMIT: 'off',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...env,
  });
  return {
    main,
    collector,
    api: createApi(main.url, main.standInUrl, ADMIN),
    async stop() {
      main.child.kill('SIGTERM');
      const code = await main.ended;
      collector.close();
      await dataDir.remove();
      return code;
    },
  };
}

/** A traceparent of a caller who decided to sample, or not to. */
function caller({ sampled = true } = {}) {
  const traceId = randomBytes(16).toString('hex');
  const parent = `00-${traceId}-${randomBytes(8).toString('hex')}-0${sampled ? 1 : 0}`;
  return { traceId, headers: { traceparent: parent } };
}

describe('a purchase', () => {
  let database: TestDatabase;
  let shop: Awaited<ReturnType<typeof startTraced>>;
  let collector: Collector;
  let shopper: Awaited<ReturnType<Api['customer']>>;
  const click = caller();
  const correlationId = randomUUID();
  const ofPurchase = (name: string) => (span: SeenSpan) =>
    span.traceId === click.traceId && span.name === name;

  beforeAll(async () => {
    database = await createDatabase();
    shop = await startTraced(database, { OTEL_TRACES_SAMPLER_ARG: '1' });
    collector = shop.collector;
    const { api } = shop;
    shopper = await api.customer();
    const { variantId } = await api.product({ stock: 5 });
    await api.api('GET', '/api/products/search?q=a-private-search');
    const { body: order } = await api.api('POST', '/api/orders', {
      token: shopper.token,
      body: { items: [{ variantId, quantity: 1 }], shippingAddress: ADDRESS },
      headers: { ...click.headers, 'x-correlation-id': correlationId },
    });
    await api.pay(shopper.token, order.id);
    const fulfilled = await api.api('PUT', `/api/orders/${order.id}`, {
      token: await api.adminToken(),
      body: { status: 'fulfilled' },
    });
    expect(fulfilled.status).toBe(200);
    await collector.span('what follows the parcel', ofPurchase('process order.fulfilled'));
  });
  afterAll(async () => {
    expect(await shop.stop()).toBe(0);
    await database.drop();
  });

  it('begins with looking: an answer from memory has its span in the trace of who asked', async () => {
    const asker = caller();
    const path = '/api/products?limit=3';
    await shop.api.api('GET', path);
    await shop.api.api('GET', path, { headers: asker.headers });
    await collector.span(
      'GET /api/products',
      ({ traceId, name }) => traceId === asker.traceId && name === 'GET /api/products',
    );
    const { body } = await shop.api.api('GET', '/metrics');
    expect(body).toMatch(/http_kept_answers_total\{from="remembered"\} [1-9]/);
  });

  it('is one trace, from the click to the parcel and the mails about it', async () => {
    for (const name of [
      'POST /api/orders',
      'place orders',
      'reserve stock',
      'process order.placed',
      'settle payment',
      'process order.paid',
      'job send_order_mail',
      'advance order',
      'process order.fulfilled',
    ])
      await collector.span(name, ofPurchase(name));
  });

  it('has its statements in the trace, as text without values', async () => {
    const statement = await collector.span(
      'the order’s statement',
      ({ traceId, attributes }) =>
        traceId === click.traceId &&
        String(attributes['db.query.text'] ?? attributes['db.statement']).includes('"orders"'),
    );
    const parents = new Set(collector.spans.map(({ spanId }) => spanId));
    expect(parents).toContain(statement.parentId);
  });

  it('links its payment to the request by which Stripe told of it', async () => {
    const settled = await collector.span('the settlement', ofPurchase('settle payment'));
    const told = await collector.span(
      'the webhook',
      ({ name, traceId }) =>
        [name, traceId].join() === `POST /api/webhooks/stripe,${settled.links[0]}`,
    );
    expect(told.traceId).not.toBe(click.traceId);
  });

  it('has the calls to Stripe under the request that made them', async () => {
    const asked = await collector.span('the call', ({ attributes }) =>
      String(attributes['url.full'] ?? attributes['http.url']).includes('/v1/checkout/sessions'),
    );
    const request = await collector.span(
      'the request',
      ({ name, traceId }) => traceId === asked.traceId && name === 'POST /api/checkout',
    );
    expect(request.attributes['http.route']).toBe('/api/checkout');
  });

  it('is found by its correlation id in traces, and by its trace in the log', async () => {
    const request = await collector.span('the request', ofPurchase('POST /api/orders'));
    expect(request.attributes['mainstay.correlation.id']).toBe(correlationId);
    const lines = logLines(shop.main.output).filter(({ trace_id }) => trace_id === click.traceId);
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'request', route: '/api/orders', correlationId }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'order.placed', correlationId }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ message: 'job done' }));
  });

  it('says which process of which machine did it: in every container the process is number 1', () => {
    expect(collector.text()).toContain(`all-${hostname()}-${shop.main.child.pid}`);
  });

  it('tells the collector nothing about people, and no secret', () => {
    const text = collector.text();
    expect(text).toContain('POST /api/orders');
    for (const secret of [
      shopper.email,
      shopper.password,
      shopper.token,
      ADDRESS.name,
      ADDRESS.line1,
      ADMIN.email,
      ADMIN.password,
      'a-private-search',
      'Bearer',
      'sk_test_',
      'whsec_',
      'mainstay_session',
    ])
      expect(text.includes(secret), secret).toBe(false);
  });
});

describe('a trace that its caller does not sample', () => {
  it('is sent all the same where it failed, and not where nothing was wrong', async () => {
    const database = await createDatabase();
    onTestFinished(database.drop);
    const { main, collector, api, stop } = await startTraced(database, {
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    const { token } = await api.customer();
    const { variantId } = await api.product({ stock: 5 });
    // One that takes a second is sent too, as the first may.
    const fine = Array.from({ length: 5 }, () => caller({ sampled: false }));
    const orders: string[] = [];
    for (const { headers } of fine)
      orders.push((await api.order(token, variantId, 1, headers)).body.id);
    await api.fault({ down: true });
    const broken = caller({ sampled: false });
    const answer = await api.api('POST', '/api/checkout', {
      token,
      body: { orderId: orders[0] },
      headers: broken.headers,
    });
    expect(answer.status).toBe(503);
    await api.fault({ clear: true });
    await until(() => {
      const logged = new Set(logLines(main.output).map(({ trace_id }) => trace_id));
      return fine.every(({ traceId }) => logged.has(traceId));
    });
    expect(await stop()).toBe(0);
    const sent = new Set(collector.spans.map(({ traceId }) => traceId));
    expect(sent).toContain(broken.traceId);
    expect(fine.every(({ traceId }) => sent.has(traceId))).toBe(false);
  });
});

describe('a collector that is away', () => {
  it('costs nobody anything, and what it misses is counted', async () => {
    const database = await createDatabase();
    onTestFinished(database.drop);
    const { main, collector, api, stop } = await startTraced(database, {
      OTEL_TRACES_SAMPLER_ARG: '1',
    });
    collector.close();
    expect((await api.api('GET', '/api/products')).status).toBe(200);
    await until(
      async () => {
        const { body } = await api.api('GET', '/metrics');
        return /telemetry_spans_total\{outcome="lost"\} [1-9]/.test(body);
      },
      { what: 'the count of lost spans' },
    );
    expect(await stop()).toBe(0);
    expect(logLines(main.output)).toContainEqual(expect.objectContaining({ message: 'stopped' }));
  });
});
