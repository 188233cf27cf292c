import { afterAll, beforeAll, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

it('each address of the API answers 405 to what it does not take, and says what it takes', async () => {
  const { paths } = (await shop.api('GET', '/api-docs/json')).body;
  expect(Object.keys(paths).length).toBeGreaterThan(50);
  for (const [path, operations] of Object.entries<Record<string, unknown>>(paths)) {
    const takes = Object.keys(operations).map((method) => method.toUpperCase());
    if (takes.includes('GET')) takes.push('HEAD');
    const answer = await shop.api('PATCH', path.replaceAll(/\{\w+\}/g, '1'));
    expect([path, answer.status]).toEqual([path, 405]);
    // More than these where the address is one of another route, too: /api/products/:id for /api/products/export.
    const allowed = answer.headers.get('allow')?.split(', ');
    expect(allowed).toEqual(expect.arrayContaining(takes));
    expect(allowed).not.toContain('PATCH');
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status: 405, code: 'method_not_allowed' });
  }
});

it('what no method finds is not there', async () => {
  const answer = await shop.api('DELETE', '/api/none');
  expect([answer.status, answer.headers.get('allow')]).toEqual([404, null]);
});

it('a browser is told so by a page', async () => {
  const { status, headers } = await fetch(`${shop.url}/cart/items/`, {
    headers: { accept: 'text/html' },
  });
  expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  expect(headers.get('content-type')).toMatch(/^text\/html/);
});

it('whatever is wrong with a body that nothing takes', async () => {
  for (const [method, path, status] of [
    ['PATCH', '/api/orders', 405],
    ['POST', '/api/none', 404],
  ] as const)
    for (const type of ['application/merge-patch+json', 'application/json']) {
      const asked = { method, headers: { 'content-type': type }, body: 'no JSON' };
      const { status: answered, headers } = await fetch(`${shop.url}${path}`, asked);
      expect([path, type, answered]).toEqual([path, type, status]);
      expect(headers.has('allow')).toBe(status === 405);
    }
});
