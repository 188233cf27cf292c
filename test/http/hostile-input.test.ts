import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditShop } from '../../src/modules/audit/audit.service.ts';
import { type Document, operationsOf } from '../support/contract/document.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { type Attack, badBodies, badPaths, badQueries } from './hostile-input.ts';

let shop: TestShop;
let token: string;
let product: { id: string; variantId: string };
let operations: ReturnType<typeof operationsOf>;

beforeAll(async () => {
  shop = await startShop();
  token = await shop.adminToken();
  product = await shop.product({ stock: 5 });
  const document: Document = (await shop.api('GET', '/api-docs/json')).body;
  operations = operationsOf(document).filter(({ path }) => path.startsWith('/api/'));
});
afterAll(() => shop.stop());

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Sends bytes as they are. An oversize body may be answered, and the connection closed, before it is all sent. */
function send(ownMethod: string, attack: Attack): Promise<Answer> {
  const { url, method = ownMethod, headers = {}, body } = attack;
  return new Promise((resolve, reject) => {
    const outgoing = request(shop.url + url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
    });
    outgoing.on('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({
        status: response.statusCode ?? 0,
        type: response.headers['content-type'] ?? '',
        text: Buffer.concat(chunks).toString(),
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends every attack on every operation and tells which were not refused as a problem of the client's. */
async function unrefused(
  attacksOn: (operation: (typeof operations)[number]) => Attack[],
): Promise<string[]> {
  const failures: string[] = [];
  let sent = 0;
  for (const operation of operations)
    for (const attack of attacksOn(operation)) {
      const answer = await send(operation.method, attack);
      sent += 1;
      if (!isRefusal(answer))
        failures.push(
          `${operation.name}, ${attack.what}: ${answer.status} ${answer.text.slice(0, 200)}`,
        );
    }
  expect(sent).toBeGreaterThan(10);
  return failures;
}

function isRefusal({ status, type, text }: Answer): boolean {
  if (status < 400 || status >= 500 || !type.startsWith('application/problem+json')) return false;
  const problem = JSON.parse(text);
  return (
    problem.status === status &&
    typeof problem.code === 'string' &&
    typeof problem.correlationId === 'string'
  );
}

describe('every operation refuses with a problem', () => {
  it('ids that are none', async () => {
    expect(await unrefused(({ path }) => badPaths(path))).toEqual([]);
  });

  it('queries that make no sense', async () => {
    expect(await unrefused(({ path, operation }) => badQueries(path, operation))).toEqual([]);
  });

  it('bodies that are malformed, too large, of wrong types or of absurd values', async () => {
    expect(
      await unrefused(({ path, operation }) => badBodies(path, operation, product.variantId)),
    ).toEqual([]);
  });

  it('methods that it does not know', async () => {
    const methods = ['PATCH', 'PROPFIND', 'TRACE'];
    const attacks = (path: string) =>
      methods.map((method) => ({ what: method, method, url: path.replace(/\{\w+\}/g, 'x') }));
    expect(await unrefused(({ path }) => attacks(path))).toEqual([]);
  });

  it.each([
    '/search?q=%00',
    '/search?q=%ff',
    '/?cursor=nonsense',
    '/?minPrice=x&maxPrice=1e99',
    '/products/%00',
    '/products/%ff',
    '/categories/%00',
    '/orders/not-an-id',
    `/${'x'.repeat(8000)}`,
    '/reset-password?token=%00',
    '/..%2f..%2fetc%2fpasswd',
  ])('and the page %s is no failure of ours', async (url) => {
    const { status } = await send('GET', { what: url, url, headers: { accept: 'text/html' } });
    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(500);
  });

  it('and none of it changed anything', async () => {
    const products = await shop.api('GET', '/api/products?status=all', { token });
    expect(products.body.data).toHaveLength(1);
    expect(await shop.available(product)).toBe(5);
    const orders = await shop.api('GET', '/api/orders', { token });
    expect(orders.body.data).toEqual([]);
    expect((await auditShop(shop.db)).filter(({ count }) => count > 0)).toEqual([]);
  });
});
