import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decoded, openConsole, textOf } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop;
let admin: Awaited<ReturnType<typeof openConsole>>;
let token: string;
let product: Awaited<ReturnType<TestShop['product']>>;
let orderId: string;

beforeAll(async () => {
  shop = await startShop();
  admin = await openConsole(shop);
  token = await shop.adminToken();
  product = await shop.product();
  orderId = (await shop.order((await shop.customer()).token, product.variantId)).body.id;
  await shop.api('PUT', `/api/orders/${orderId}`, { token, body: { status: 'paid' } });
  await shop.api('PUT', `/api/products/${product.id}`, {
    token,
    body: { title: 'Ash board' },
    headers: { 'x-correlation-id': '20260301' },
  });
});
afterAll(() => shop.stop());

const listed = async (query: string) => {
  const { status, text } = await admin.open(`/admin/trail${query}`);
  expect(status).toBe(200);
  const rows = text.match(/<tbody>([\s\S]*)<\/tbody>/)?.[1] ?? '';
  return [...rows.matchAll(/<th scope="row">(?:<a[^>]*>)?([^<]*)/g)].map(([, what]) => what);
};
const ask = (path: string) => shop.api('GET', `/api/audit-trail${path}`, { token });

describe('the audit trail in the console', () => {
  it('lists what was done, the latest first, with who did it', async () => {
    expect(await listed('')).toEqual([
      'Product changed',
      'Order marked paid',
      'Product created',
      'Signed in',
      'Signed in',
    ]);
    const page = textOf((await admin.open('/admin/trail')).text);
    expect(page).toMatch(
      /Order marked paid .{0,60} Staff Order [\da-f]{8}…[\da-f]{4} amount 1999; currency USD/,
    );
  });

  it.each([
    ['by act', () => '?act=order.paid_by_hand', ['Order marked paid']],
    [
      'by what it was about',
      () => `?subject=${product.id}`,
      ['Product changed', 'Product created'],
    ],
    ['by any id', () => `?q=${orderId}`, ['Order marked paid']],
    ['by any id in capitals', () => `?q=${orderId.toUpperCase()}`, ['Order marked paid']],
    [
      'by what it was about in capitals',
      () => `?subject=${product.id.toUpperCase()}`,
      ['Product changed', 'Product created'],
    ],
    ['by a correlation id of digits', () => '?q=20260301', ['Product changed']],
    ['by an id that is none', () => '?q=nothing%25', []],
    ['by position', () => '?q=1', ['Signed in']],
    ['by day', () => '?from=2020-01-01&to=2020-12-31', []],
    ['by a form that was left empty', () => '?q=&act=&from=&to=&actor=&subject=', 5],
  ])('finds acts %s', async (_how, query, found) => {
    const rows = await listed(query());
    if (typeof found === 'number') expect(rows).toHaveLength(found);
    else expect(rows).toEqual(found);
  });

  it('is led to from orders and products, and shows an act with its place in the chain', async () => {
    for (const path of [`/admin/orders/${orderId}`, `/admin/products/${product.id}`])
      expect(decoded((await admin.open(path)).text)).toContain(
        `/admin/trail?subject=${path.split('/').at(-1)}"`,
      );
    const { body } = await ask(`?subject=${orderId}`);
    const page = textOf((await admin.open(`/admin/trail/${body.data[0].id}`)).text);
    expect(page).toContain(body.data[0].hash);
    expect(page).toContain(body.data[0].previousHash);
    expect(page).toContain('127.0.0.0/24');
  });

  it('says what is wrong with a filter', async () => {
    expect((await admin.open('/admin/trail?from=yesterday')).status).toBe(400);
    expect((await admin.open('/admin/trail?act=order.eaten')).status).toBe(400);
    expect((await admin.open('/admin/trail?from=2026-02-01&to=2026-01-01')).status).toBe(400);
  });
});

describe('the audit trail by the API', () => {
  it('pages through acts without leaving one out or telling one twice', async () => {
    const positions: number[] = [];
    let cursor = '';
    do {
      const { body } = await ask(`?limit=2${cursor}`);
      positions.push(...body.data.map(({ position }: { position: number }) => position));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(positions).toEqual([5, 4, 3, 2, 1]);
  });

  it('is not for customers', async () => {
    const customer = await shop.customer();
    for (const path of ['', '/export', `/${orderId}`])
      expect(
        (await shop.api('GET', `/api/audit-trail${path}`, { token: customer.token })).status,
      ).toBe(403);
  });
});

describe('the export of the audit trail', () => {
  it('has every act in the order of the chain, and is noted itself', async () => {
    const { body, headers } = await ask('/export');
    expect(headers.get('content-type')).toBe('application/jsonl');
    const lines = String(body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ position }) => position)).toEqual(lines.map((_, index) => index + 1));
    // Refusals of before may be written after it.
    expect(lines.find(({ act }) => act === 'trail.exported')).toMatchObject({
      actor: { kind: 'staff' },
      detail: { format: 'jsonl', filters: [] },
    });
    for (const [index, { previousHash }] of lines.entries())
      expect(previousHash).toBe(lines[index - 1]?.hash ?? '00'.repeat(32));
  });

  it('takes the filter of the page that it is asked for on, as a table too', async () => {
    const page = (await admin.open(`/admin/trail?subject=${orderId}`)).text;
    const [, link = ''] = /href="(\/admin\/trail\/export[^"]*csv)"/.exec(page) ?? [];
    const { text, headers } = await admin.open(decoded(link));
    expect(headers.get('content-disposition')).toBe('attachment; filename="audit-trail.csv"');
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('Position,Id,Time (UTC),Actor');
    expect(lines[1]).toContain(`order.paid_by_hand,order,${orderId}`);
  });
});
