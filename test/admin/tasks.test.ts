import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { errorLinks, openConsole, textOf } from './support.ts';

let shop: TestShop;
let browser: Awaited<ReturnType<typeof openConsole>>;
beforeAll(async () => {
  shop = await startShop();
  browser = await openConsole(shop);
});
afterAll(() => shop.stop());

test('a task is made by the button, closed with a note, and counted on the dashboard', async () => {
  const { variantId } = await shop.product();
  expect(textOf((await browser.open('/admin/tasks')).text)).toContain('Nothing waits for you');
  await sql`UPDATE stock_levels SET on_hand = 99 WHERE variant_id = ${variantId}`.execute(shop.db);
  await browser.submit('/admin/tasks/reconcile', {});
  // The task is there a moment before the comparison has ended.
  await until(async () => textOf((await browser.open('/admin/tasks')).text).includes('1 finding'), {
    what: 'the end of the comparison',
  });
  const list = (await browser.open('/admin/tasks?state=open&severity=error')).text;
  expect(list).toContain('Stock differs from its ledger');
  expect(textOf((await browser.open('/admin')).text)).toMatch(/Tasks 1 open, 1 of them errors/);

  const [, path] = /href="(\/admin\/tasks\/[\da-f-]{36})"/.exec(list) ?? [];
  const page = (await browser.open(String(path))).text;
  expect(page).toContain(`href="/admin/stock/${variantId}"`);
  const refused = await browser.submit(`${path}/close`, { state: 'done', note: '  ' });
  expect([refused.status, errorLinks(refused.text)]).toEqual([400, ['note']]);
  const long = await browser.submit(`${path}/close`, { state: 'done', note: 'n'.repeat(1001) });
  expect([long.status, errorLinks(long.text)]).toEqual([400, ['note']]);
  expect(long.text).toContain('n'.repeat(1001));
  // As long as it may be, with the ends of lines that browsers send.
  const note = `Counted twice.\r\n${'.\r\n'.repeat(492)}.`;
  await browser.submit(`${path}/close`, { state: 'dismissed', note });
  const closed = textOf((await browser.open(String(path))).text);
  expect(closed).toContain('Dismissed');
  expect(closed).toContain('Counted twice.');
  expect((await browser.submit(`${path}/close`, { state: 'done', note: 'x' })).status).toBe(409);
});
