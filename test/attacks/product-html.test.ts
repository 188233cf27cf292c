import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanDescription } from '../../src/modules/catalog/description.model.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { activeIn, hostileHtml } from './hostile-html.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop({ DEMO_CATALOGUE: 'off' }, { role: 'web' });
});
afterAll(() => shop.stop());

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** The description as a product's page shows it, and the rest of that page. */
async function pageOf(slug: string): Promise<{ shown: string; rest: string }> {
  const { body, status } = await shop.api('GET', `/products/${slug}`);
  expect(status).toBe(200);
  const [, shown = ''] = PROSE.exec(body) ?? [];
  return { shown, rest: String(body).replace(PROSE, '') };
}

/** Nothing in a description is a `div`. */
const PROSE = /<div class="prose">(.*?)<\/div>/s;

/** What is text in spite of its looks. */
const HARMLESS = hostileHtml.filter(
  (html) => /="[^"]*&quot;[^"]*"/.test(html) || !html.includes('<'),
);

test('the judge of these tests tells what is active from what is not', () => {
  const good =
    '<p>Oak &amp; <a href="https://a.example/?a&amp;b" rel="nofollow noopener">ash</a><br /></p>';
  expect(activeIn(good)).toBeNull();
  const passed = hostileHtml.filter((html) => activeIn(html) === null);
  expect(passed.filter((html) => !HARMLESS.includes(html))).toEqual([]);
});

test.each(hostileHtml)(
  'of %j nothing stays that runs, frames or loads, and cleaning it again changes nothing',
  (html) => {
    const clean = cleanDescription(html);
    expect(activeIn(clean)).toBeNull();
    expect(cleanDescription(clean)).toBe(clean);
    // Among other things too, where what is open closes.
    expect(
      activeIn(cleanDescription(`<p title="a">b ${html} c</p><table><tr><td>${html}`)),
    ).toBeNull();
  },
);

const COLUMNS = [
  ...['Handle', 'Title', 'Body (HTML)', 'Vendor', 'Type', 'Tags', 'Option1 Name', 'Option1 Value'],
  ...['Variant SKU', 'Variant Price', 'Image Src', 'Image Alt Text', 'Status'],
];

/** A row in which every field that takes text holds it. */
function rowOf(handle: string, html: string): string {
  // Tags and options are lists, and names stand on one line.
  const text = html.replaceAll(/[,;\s\p{Cc}]/gu, ' ').slice(0, 90);
  const image = `https://images.example/a.png?${html.replaceAll(/[\s\p{Cc}]/gu, '')}`;
  const cells = [
    handle,
    text,
    html,
    text,
    text,
    text,
    text,
    text,
    text,
    '9.50',
    image,
    text,
    'active',
  ];
  return cells.map(quoted).join();
}

/** The names of a page's tags in their order: the same for all products whose fields are text. */
const tagsOf = (html: string) => [...html.matchAll(/<\/?([a-z][\w-]*|!)/g)].map(([tag]) => tag);

test('none of it is on a page after an import: every other field is text alone', async () => {
  const rows = hostileHtml.map((html, index) => rowOf(`attack-${index}`, html));
  const { body } = await shop.api('POST', '/api/products/import', {
    token: await shop.adminToken(),
    body: [COLUMNS.join(), rowOf('plain', 'Oak'), ...rows].join('\n'),
    headers: { 'content-type': 'text/csv' },
  });
  expect([body.products.created, body.errors]).toEqual([hostileHtml.length + 1, []]);
  const plain = tagsOf((await pageOf('plain')).rest);
  expect(plain.length).toBeGreaterThan(50);
  for (const index of hostileHtml.keys()) {
    const { shown, rest } = await pageOf(`attack-${index}`);
    expect(activeIn(shown)).toBeNull();
    expect(tagsOf(rest)).toEqual(plain);
  }
});

test('nor after it was given by the API, which answers with what is shown', async () => {
  const token = await shop.adminToken();
  for (const [index, html] of hostileHtml.entries()) {
    const body = {
      title: html.slice(0, 200),
      status: 'active',
      description: html,
      price: { amount: 100, currency: 'USD' },
      sku: `API-${index}`,
    };
    const made = await shop.api('POST', '/api/products', { token, body });
    expect(made.status).toBe(201);
    const { shown } = await pageOf(made.body.slug);
    expect(activeIn(shown)).toBeNull();
    expect(activeIn(made.body.description)).toBeNull();
  }
});
