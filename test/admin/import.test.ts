import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
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

/** Uploads a file and looks at the page that it leads to until the report is there. */
async function uploadToTheEnd(content: string, name?: string) {
  const { status, location } = await upload(content, name);
  expect([status, location]).toEqual([
    303,
    expect.stringMatching(/^\/admin\/imports\/[\da-f-]{36}$/),
  ]);
  const look = () => admin.open(location ?? '');
  await until(async () => (await look()).headers.get('refresh') === null);
  const page = await look();
  return { status: page.status, text: textOf(page.text) };
}

async function send(body: FormData | string, headers: Record<string, string> = {}) {
  const page = await admin.open('/admin/import');
  const token = hidden(page.text, '_csrf');
  const response = await fetch(`${shop.url}/admin/import?_csrf=${encodeURIComponent(token)}`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      ...headers,
      accept: 'text/html',
      cookie: [...admin.cookies].map(([key, value]) => `${key}=${value}`).join('; '),
    },
    body,
  });
  const location = response.headers.get('location');
  return { status: response.status, location, text: textOf(await response.text()) };
}

const file = `Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty
blue-mug,Blue mug,Size,Small,BM-S,12.00,4
blue-mug,,Size,Large,BM-L,15.00,2
red-mug,Red mug,Title,Default Title,RM,13.00,7
bad-mug,Bad mug,Title,Default Title,XM,thirteen,1
`;

test('an upload leads to a page that reports what it took and which line it did not, and why', async () => {
  const { status, text } = await uploadToTheEnd(file, 'mugs.csv');
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
  await uploadToTheEnd(file);
  const again = await uploadToTheEnd(file);
  expect(again.text).toMatch(/New products 0 Changed 0 As they were 2/);
  const download = await admin.open('/admin/export.csv');
  expect(download.headers.get('content-disposition')).toBe('attachment; filename="products.csv"');
  const back = await uploadToTheEnd(download.text, 'products.csv');
  expect(back.text).toContain('products.csv: everything was taken.');
  expect(back.text).toMatch(/New products 0 Changed 0/);
});

test('a file without products is told as one', async () => {
  const { text } = await uploadToTheEnd('Handle,Title\n', 'none.csv');
  expect(text).toContain('none.csv: there are no products in it.');
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
  expect(text).toContain('products.csv: nothing was taken, for the reason below.');
  expect(text).toMatch(/New products 0/);
});

describe('while an import is under way', () => {
  /** An import of which two of five products are done, whose job was lost. */
  async function underWay() {
    const id = newId();
    await shop.db
      .insertInto('imports')
      .values({
        ...{ id, file_name: '<b>half</b>.csv', actor_kind: 'staff', actor_id: null },
        ...{ columns: '["Title"]', rows: 5, total: 5, created: 1, refused: 1, state: 'running' },
      })
      .execute();
    return id;
  }

  test('its page says how far it is and looks again by itself, and so does the list', async () => {
    const id = await underWay();
    const page = await admin.open(`/admin/imports/${id}`);
    expect([page.status, page.headers.get('refresh')]).toEqual([200, '3']);
    expect(textOf(page.text)).toMatch(/<b>half<\/b>\.csv 2 of 5 products/);
    expect(page.text).toMatch(/<progress [^>]*value="2" max="5"/);
    const list = await admin.open('/admin/import');
    expect(textOf(list.text)).toMatch(/<b>half<\/b>\.csv 2 of 5 products, sent .* UTC Under way/);
    expect(list.text).toContain(`href="/admin/imports/${id}"`);
    await shop.db.deleteFrom('imports').where('id', '=', id).execute();
  });

  test('no page is found of one that there is not', async () => {
    expect((await admin.open(`/admin/imports/${newId()}`)).status).toBe(404);
    expect((await admin.open('/admin/imports/x')).status).toBe(400);
  });
});

test('the latest imports are listed with what came of them', async () => {
  await uploadToTheEnd(file, 'again.csv');
  const { text } = await admin.open('/admin/import');
  expect(textOf(text)).toMatch(/again\.csv 3 products, sent [^U]* UTC 1 left out/);
});
