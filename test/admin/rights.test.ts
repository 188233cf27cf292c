import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { areas, type Permission, permissions } from '../../src/shared/permissions.ts';
import { accessTable } from '../attacks/access-tables.ts';
import { begin, fileOf } from '../import/support.ts';
import { browserOf, colleague } from '../staff/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { consoleRoutes, crawl } from './crawl.ts';

const reading = (area: (typeof areas)[number]): Permission => `${area}:read`;
const ofOneArea: [who: string, Permission[]][] = [
  ...areas.map((area): [string, Permission[]] => [`reads ${area} alone`, [reading(area)]]),
  ...areas.map((area): [string, Permission[]] => [
    `changes ${area} alone`,
    [reading(area), `${area}:write`],
  ]),
];
const ofAll: [who: string, Permission[]][] = [
  ['reads all', areas.map(reading)],
  ['changes all', [...permissions]],
];

let shop: TestShop;
const emails = new Map<string, string>();
beforeAll(async () => {
  shop = await startShop();
  // Before all else, so that lists begin with what can be acted on.
  for (const [who, permitted] of [...ofOneArea, ...ofAll])
    emails.set(who, (await colleague(shop, permitted)).email);
  await fillShop();
});
afterAll(() => shop.stop());

const crawlAs = async (who: string) => crawl(await browserOf(shop, emails.get(who) ?? ''));

/** Something of every kind that the console shows, in every state in which something can be done about it. */
async function fillShop() {
  const token = await shop.adminToken();
  const make = async (path: string, body: unknown) =>
    String((await shop.api('POST', path, { token, body })).body.id);
  const change = (path: string, body: unknown) => shop.api('PUT', path, { token, body });

  const url = 'http://localhost:1/hook';
  await make('/api/webhook-endpoints', { url });
  const disabled = await make('/api/webhook-endpoints', { url });
  await change(`/api/webhook-endpoints/${disabled}`, { url, enabled: false });
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  await make('/api/api-keys', { name: 'Till', scopes: ['stock:read'], expiresAt });
  const { roleId } = await colleague(shop, ['staff:read']);
  await make('/api/staff/invitations', { email: 'grace@example.test', role: 'staff', roleId });

  const settings = { enabled: true, rules: [], rollout: 5000, experiment: true, version: 0 };
  const weights = { none: 1, maker: 1 };
  await change('/api/flags/related-products', { ...settings, weights });
  await change('/api/flag-segments/testers', {
    ...{ customerIds: [], emailDomains: ['example.test'], version: 0 },
  });

  const { variantId } = await shop.product({ stock: 5 });
  const customer = await shop.customer();
  const order = async () => String((await shop.order(customer.token, variantId)).body.id);
  const sent = await order();
  await shop.pay(customer.token, sent);
  await change(`/api/orders/${sent}`, { status: 'fulfilled' });
  await shop.pay(customer.token, await order());
  const open = await order();
  await leaveWork(open, variantId);
  await begin(shop.db, fileOf(1));
}

/** What waits for a person: an event that nobody took, one of Stripe's that fits nothing, and a task. */
async function leaveWork(orderId: string, variantId: string) {
  const { db } = shop;
  await sql`INSERT INTO webhook_events (provider, event_id, type, payload, state)
    VALUES ('stripe', 'evt_parked', 'charge.updated', '{}', 'parked')`.execute(db);
  await sql`INSERT INTO admin_tasks (id, kind, subject, title, detail, severity, order_id)
    VALUES (${newId()}, 'stock_differs', ${`variant ${variantId}`}, 'Stock differs', '', 'error', ${orderId})`.execute(
    db,
  );
  await until(async () => {
    const { rows } = await sql`SELECT FROM webhook_deliveries
      WHERE NOT EXISTS (SELECT FROM outbox_events WHERE published_at IS NULL)`.execute(db);
    return rows.length > 0;
  });
  await sql`UPDATE outbox_events SET published_at = NULL, dead_at = now()
    WHERE aggregate_id = ${orderId} AND type = 'order.placed'`.execute(db);
}

test.each(ofOneArea)('who %s is shown no link and no form that is refused', async (who) => {
  const { refused } = await crawlAs(who);
  expect(refused).toEqual([]);
});

test('who reads all is shown every page that only reads', async () => {
  const { routes, refused } = await crawlAs('reads all');
  expect(refused).toEqual([]);
  const readable = ofAll[0]?.[1].flatMap((permission) => accessTable[permission] ?? []);
  const pages = consoleRoutes.filter((route) => readable?.includes(route));
  expect(pages.filter((route) => !routes.has(route))).toEqual([]);
});

test('who changes all is shown every page and everything that can be done', async () => {
  const { routes, refused } = await crawlAs('changes all');
  expect(refused).toEqual([]);
  expect(consoleRoutes.filter((route) => !routes.has(route))).toEqual([]);
});
