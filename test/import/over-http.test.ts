import { readdir, readlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

let shop: TestShop;
let token: string;

beforeAll(async () => {
  shop = await startShop({ DEMO_CATALOGUE: 'off' });
  token = await shop.adminToken();
});
afterAll(() => shop.stop());

const csv = (handle: string) =>
  `Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price\n${handle},Oak tray,OT,3,19.50\n`;

function upload(body: FormData | string, headers: Record<string, string> = {}): Promise<Response> {
  const init = { method: 'POST', body, headers: { authorization: `Bearer ${token}`, ...headers } };
  return fetch(`${shop.url}/api/products/import`, init);
}

describe('uploading a product file', () => {
  test('as the body or as a part of a form imports it and answers with the report', async () => {
    const form = new FormData();
    form.set('file', new Blob([csv('in-a-form')], { type: 'text/csv' }), 'products.csv');
    for (const answer of [
      await upload(csv('as-the-body'), { 'content-type': 'text/csv' }),
      await upload(form),
    ]) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        rows: 1,
        products: { created: 1, refused: 0 },
        errors: [],
      });
    }
    for (const slug of ['as-the-body', 'in-a-form']) {
      const { body } = await shop.api('GET', `/api/products/${slug}`);
      expect(body).toMatchObject({ title: 'Oak tray', variants: [{ sku: 'OT', available: 3 }] });
    }
  });

  test('records who set the stock', async () => {
    await upload(csv('with-an-actor'), { 'content-type': 'text/csv' });
    const { body } = await shop.api('GET', '/api/products/with-an-actor');
    const path = `/api/inventory/${body.variants[0].id}/movements`;
    const profile = await shop.api('GET', '/api/auth/profile', { token });
    const { body: ledger } = await shop.api('GET', path, { token });
    expect(ledger.data[0].actorId).toBe((profile.body.user ?? profile.body).id);
  });

  test('of more than 50 MB is a 413 and changes nothing', async () => {
    const row = `big,Big,,1,1.00${','.repeat(1000)}\n`;
    const lines = Array.from({ length: 52 }, () => row.repeat(1024));
    const body = `Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price\n${lines.join('')}`;
    expect((await upload(body, { 'content-type': 'text/csv' })).status).toBe(413);
    expect((await shop.api('GET', '/api/products/big')).status).toBe(404);
  });

  test('that the folder for temporary files does not take is a 503 that says so', async () => {
    const { TMPDIR } = process.env;
    process.env.TMPDIR = '/nowhere';
    onTestFinished(() => {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    });
    const form = new FormData();
    form.set('file', new Blob([csv('x').repeat(10_000)], { type: 'text/csv' }), 'products.csv');
    for (const answer of [
      await upload(csv('x').repeat(10_000), { 'content-type': 'text/csv' }),
      await upload(form),
    ]) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
      expect(await answer.json()).toMatchObject({
        code: 'service_unavailable',
        detail: expect.stringContaining('folder for temporary files'),
      });
    }
  });

  test.skipIf(process.platform !== 'linux')('that is refused is not kept open', async () => {
    const broken = `Handle,Name\n${'x,y\n'.repeat(100_000)}`;
    const answer = await upload(broken, { 'content-type': 'text/csv' });
    expect(await answer.json()).toMatchObject({ errors: [{ line: 1 }] });
    const kept = async () => {
      const open = await readdir('/proc/self/fd');
      const files = open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
      return (await Promise.all(files)).filter((file) => file.includes('mainstay-import-'));
    };
    await until(async () => (await kept()).length === 0, { what: 'no file', withinMs: 5000 });
  });

  test('without a file, as another type, or by somebody else is refused', async () => {
    expect((await upload(new FormData())).status).toBe(400);
    const multipart = { 'content-type': 'multipart/form-data; boundary=x' };
    expect((await upload('no form at all', multipart)).status).toBe(400);
    const torn =
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nHandle,Title';
    expect((await upload(torn, multipart)).status).toBe(400);
    expect((await upload('{}', { 'content-type': 'application/json' })).status).toBe(415);
    const { token: customer } = await shop.customer();
    const headers = { 'content-type': 'text/csv', authorization: `Bearer ${customer}` };
    expect((await upload(csv('foreign'), headers)).status).toBe(403);
  });
});

test('the export is for administrators and can be uploaded again', async () => {
  expect((await shop.api('GET', '/api/products/export.csv')).status).toBe(401);
  const { status, headers, body } = await shop.api('GET', '/api/products/export.csv', { token });
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(headers.get('content-disposition')).toContain('products.csv');
  const answer = await upload(body, { 'content-type': 'text/csv' });
  expect(await answer.json()).toMatchObject({ products: { created: 0, updated: 0, refused: 0 } });
});
