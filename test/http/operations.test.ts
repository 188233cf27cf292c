import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitOf } from '../../src/telemetry/version.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
let shop: TestShop;

beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const metrics = async () => String((await shop.api('GET', '/metrics')).body);

it('with RATE_LIMIT off nothing is limited, and nothing says so', async () => {
  const answer = await shop.api('GET', '/api/products');
  expect(answer.headers.get('ratelimit-policy')).toBeNull();
  expect(await metrics()).not.toMatch(/^rate_limited_requests_total/m);
});

it('the process says which version runs, and of which commit', async () => {
  const { body } = await shop.api('GET', '/health/live');
  expect(body).toEqual({ status: 'ok', version: manifest.version, commit: commitOf(root) });
  expect(await metrics()).toContain(
    `build_info{version="${body.version}",commit="${body.commit}"} 1`,
  );
  const { info } = (await shop.api('GET', '/api-docs/json')).body;
  expect(info.version).toBe(body.version);
});

it('a word that is none of those that are taken is refused by naming them', async () => {
  const message = 'must be one of newest, oldest, price, -price, title';
  const sorted = await shop.api('GET', '/api/products?sort=name');
  expect(sorted.body.errors).toEqual([{ path: 'sort', message }]);
  const listed = await shop.api('GET', '/api/products?status=new');
  expect(listed.body.errors).toEqual([
    { path: 'status', message: 'must be one of draft, active, archived, all' },
  ]);
});

describe('the correlation id', () => {
  it('is the caller’s, returned with every answer', async () => {
    const headers = { 'x-correlation-id': 'order-desk:42' };
    for (const path of ['/api/products', '/api/none', '/', '/health/live', '/api/products/%ff']) {
      const answer = await shop.api('GET', path, { headers });
      expect(answer.headers.get('x-correlation-id'), path).toBe('order-desk:42');
    }
  });

  it('is made where there is none or what came is no plain token', async () => {
    const uuid = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;
    for (const given of [undefined, 'a b', '"quoted"', 'x'.repeat(129)]) {
      const headers = given === undefined ? {} : { 'x-correlation-id': given };
      const answer = await shop.api('GET', '/api/products', { headers });
      expect(answer.headers.get('x-correlation-id'), given).toMatch(uuid);
    }
  });

  it('is in the problem, and on the events that the request caused', async () => {
    const correlationId = randomUUID();
    const headers = { 'x-correlation-id': correlationId };
    const missing = await shop.api('GET', `/api/products/${randomUUID()}`, { headers });
    expect(missing.body.correlationId).toBe(correlationId);

    const { token } = await shop.customer();
    const { variantId } = await shop.product();
    const { body } = await shop.order(token, variantId, 1, headers);
    const events = await shop.api('GET', `/api/orders/${body.id}/events`, {
      token: await shop.adminToken(),
    });
    expect(events.body.data).toMatchObject([{ type: 'order.placed', correlationId }]);
  });
});

describe('the metrics', () => {
  it('have the names that dashboards and alerts use', async () => {
    const text = await metrics();
    for (const line of [
      '# TYPE http_request_duration_seconds histogram',
      '# TYPE http_requests_total counter',
      '# TYPE http_in_flight_requests gauge',
      '# TYPE api_errors_total counter',
      '# TYPE orders_created_total counter',
      '# TYPE products_sold_total counter',
      '# TYPE process_cpu_user_seconds_total counter',
      '# TYPE nodejs_eventloop_lag_seconds gauge',
    ])
      expect(text).toContain(line);
  });

  it('count requests by route and never by raw path', async () => {
    const id = randomUUID();
    for (const path of [`/api/products/${id}`, `/api/none/${id}`, `/products/${id}`, `/${id}`])
      await shop.api('GET', path);
    const text = await metrics();
    expect(text).not.toContain(id);
    expect(text).toMatch(
      /http_requests_total\{method="GET",route="\/api\/products\/:id",status="404"\} [1-9]/,
    );
    expect(text).toMatch(/api_errors_total\{route="unmatched",code="not_found"\} [1-9]/);
  });

  it('count an order placed and its units sold', async () => {
    const { token } = await shop.customer();
    const { variantId } = await shop.product();
    const { body } = await shop.order(token, variantId, 3);
    await shop.pay(token, body.id);
    // A sale is counted once it is committed, so a moment after the order reads as paid.
    await until(async () => /^products_sold_total [3-9]/m.test(await metrics()));
    const text = await metrics();
    expect(text).toMatch(/^orders_created_total\{currency="USD"\} [1-9]/m);
    expect(text).toMatch(/^revenue_minor_units_total\{currency="USD"\} \d{4}/m);
  });

  it('see themselves as the one request in flight', async () => {
    expect(await metrics()).toMatch(/^http_in_flight_requests 1$/m);
  });
});
