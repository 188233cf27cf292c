import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { hidden, openConsole, textOf } from './support.ts';

let shop: TestShop;
let admin: Awaited<ReturnType<typeof openConsole>>;
beforeAll(async () => {
  shop = await startShop();
  admin = await openConsole(shop);
});
afterAll(() => shop.stop());

/** Uploads a file as the form on the page does. */
async function upload(content: string, name = 'products.csv') {
  const form = new FormData();
  if (name !== '') form.set('file', new Blob([content], { type: 'text/csv' }), name);
  return send(form);
}

async function send(body: FormData | string, headers: Record<string, string> = {}) {
  const page = await admin.open('/admin/import');
  const token = hidden(page.text, '_csrf');
  const response = await fetch(`${shop.url}/admin/import?_csrf=${encodeURIComponent(token)}`, {
    method: 'POST',
    headers: {
      ...headers,
      accept: 'text/html',
      cookie: [...admin.cookies].map(([key, value]) => `${key}=${value}`).join('; '),
    },
    body,
  });
  return { status: response.status, text: textOf(await response.text()) };
}

const file = `Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty
blue-mug,Blue mug,Size,Small,BM-S,12.00,4
blue-mug,,Size,Large,BM-L,15.00,2
red-mug,Red mug,Title,Default Title,RM,13.00,7
bad-mug,Bad mug,Title,Default Title,XM,thirteen,1
`;

test('an upload reports what it took and which line it did not, and why', async () => {
  const { status, text } = await upload(file, 'mugs.csv');
  expect(status).toBe(200);
  expect(text).toContain('mugs.csv: 1 product left out');
  expect(text).toMatch(/Rows read 4/);
  expect(text).toMatch(/New products 2/);
  expect(text).toMatch(/5 bad-mug Variant Price/);
  const { body } = await shop.api('GET', '/api/products/blue-mug');
  expect(body.variants.map(({ available }: { available: number }) => available)).toEqual([4, 2]);
  expect((await shop.api('GET', '/api/products/bad-mug')).status).toBe(404);
});

test('the same file again changes nothing, and the download brings the same products back', async () => {
  await upload(file);
  const again = await upload(file);
  expect(again.text).toMatch(/New products 0 Changed 0 As they were 2/);
  const download = await admin.open('/admin/export.csv');
  expect(download.headers.get('content-disposition')).toBe('attachment; filename="products.csv"');
  const back = await upload(download.text, 'products.csv');
  expect(back.text).toContain('products.csv: everything was taken.');
  expect(back.text).toMatch(/New products 0 Changed 0/);
});

test('a form without a file says what to do', async () => {
  const { status, text } = await upload('', '');
  expect(status).toBe(400);
  expect(text).toContain('Choose a CSV file first.');
});

test.each([
  ['is no form', 'no form at all', 'multipart/form-data; boundary=x'],
  ['says no boundary', 'no form at all', 'multipart/form-data'],
  [
    'broke off',
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nHandle,Ti',
    'multipart/form-data; boundary=x',
  ],
])('an upload that %s is refused as the sender’s to mend', async (_what, body, type) => {
  const { status, text } = await send(body, { 'content-type': type });
  expect(status).toBe(400);
  expect(text).toContain('The upload is not a form with a file, or broke off.');
});

test('a file that is no product file is refused whole', async () => {
  const { status, text } = await upload('just,some\nother,table\n');
  expect(status).toBe(200);
  expect(text).toContain('Left out');
  expect(text).toMatch(/New products 0/);
});
