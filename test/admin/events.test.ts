import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { nextPage, openConsole, textOf } from './support.ts';

let shop: TestShop;
let admin: Awaited<ReturnType<typeof openConsole>>;
let orderId: string;

beforeAll(async () => {
  shop = await startShop();
  admin = await openConsole(shop);
  const product = await shop.product();
  const { token } = await shop.customer();
  orderId = (await shop.order(token, product.variantId)).body.id;
  await until(async () => (await unpublished()) === 0, { what: 'the relay' });
});
afterAll(() => shop.stop());

async function unpublished(): Promise<number> {
  const rows = await shop.db
    .selectFrom('outbox_events')
    .select('id')
    .where('published_at', 'is', null)
    .execute();
  return rows.length;
}

async function placed() {
  return shop.db
    .selectFrom('outbox_events')
    .selectAll()
    .where('aggregate_id', '=', orderId)
    .where('type', '=', 'order.placed')
    .executeTakeFirstOrThrow();
}

test('events are listed by type and by where they are on their way', async () => {
  const link = `/admin/events/${(await placed()).id}"`;
  const listed = async (query: string) => (await admin.open(`/admin/events${query}`)).text;
  expect(await listed('')).toContain(link);
  expect(await listed('?type=order.placed&state=published')).toContain(link);
  expect(await listed('?type=user.registered')).not.toContain(link);
  expect(await listed('?state=waiting')).toContain('No such event');
  expect((await admin.open('/admin/events?type=order.eaten')).status).toBe(400);
});

test('an event is shown as it is sent, with its order and who applied it', async () => {
  const { id, stream_id, sequence } = await placed();
  await shop.db
    .insertInto('inbox_events')
    .values({ consumer: 'a-consumer', event_id: id, stream_id, sequence })
    .execute();
  const { text } = await admin.open(`/admin/events/${id}`);
  const page = textOf(text);
  expect(page).toContain(`"id": "${id}"`);
  expect(page).toContain(`"subject": "order/${orderId}"`);
  expect(page).toContain('a-consumer');
  expect(text).toContain(`/admin/orders/${orderId}"`);
  expect(page).not.toContain('Send again');
  expect((await admin.open('/admin/events/0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10')).status).toBe(404);
});

test('an event of which only a later version knows is shown too', async () => {
  const { id, type } = await placed();
  const name = (type: string) =>
    sql`UPDATE outbox_events SET type = ${type} WHERE id = ${id}`.execute(shop.db);
  await name('order.remembered');
  const { status, text } = await admin.open(`/admin/events/${id}`);
  await name(type);
  expect([status, textOf(text)]).toEqual([200, expect.stringContaining('order.remembered')]);
});

test('an event that was given up on says why, and is sent again by a button', async () => {
  const { id } = await placed();
  await shop.db
    .updateTable('outbox_events')
    .set({ published_at: null, dead_at: new Date(), attempts: 10, last_error: 'mails: no server' })
    .where('id', '=', id)
    .execute();
  expect((await admin.open('/admin/events?state=dead')).text).toContain(`/admin/events/${id}"`);
  const { text } = await admin.open(`/admin/events/${id}`);
  const page = textOf(text);
  expect(text).toContain('<span class="badge badge--bad">Dead</span>');
  expect(page).toContain('mails: no server');
  expect(page).toContain('Send again');

  const { status, location } = await admin.submit(`/admin/events/${id}/send`, {});
  expect([status, location]).toEqual([303, `/admin/events/${id}`]);
  await until(async () => (await placed()).published_at !== null, { what: 'the event' });
  const after = textOf((await admin.open(`/admin/events/${id}`)).text);
  expect(after).toContain('It will be sent again in a moment.');
  expect(after).toContain('State Published');
});

test('an event that the broker never took is among the dead, says why, and is sent again by the same button', async () => {
  const { id, stream_id, sequence, position } = await placed();
  await shop.db
    .insertInto('broker_events')
    .values({
      ...{ id, stream_id, sequence, position },
      ...{ dead_at: new Date(), attempts: 10, last_error: 'the record is too large' },
    })
    .execute();
  const dead = (await admin.open('/admin/events?state=dead')).text;
  expect(dead).toContain(`/admin/events/${id}"`);
  expect(dead).toContain('<span class="badge badge--bad">Dead</span>');
  const page = textOf((await admin.open(`/admin/events/${id}`)).text);
  expect(page).toContain('To the broker Dead 10 attempts: the record is too large');
  expect(page).toContain('Send again');
  expect((await admin.submit(`/admin/events/${id}/send`, {})).status).toBe(303);
  expect((await admin.open('/admin/events?state=dead')).text).not.toContain(id);
  expect(textOf((await admin.open(`/admin/events/${id}`)).text)).toContain('To the broker Waiting');
});

test('every event is on exactly one page of the list, newest first', async () => {
  for (let more = 0; more < 30; more += 1) await shop.product();
  const listed: string[] = [];
  for (let path: string | undefined = '/admin/events'; path !== undefined; ) {
    const { text } = await admin.open(path);
    listed.push(
      ...[...text.matchAll(/"\/admin\/events\/([0-9a-f-]{36})"/g)].map(([, id]) => `${id}`),
    );
    path = nextPage(text);
  }
  const rows = await shop.db
    .selectFrom('outbox_events')
    .select('id')
    .orderBy('id', 'desc')
    .execute();
  expect(rows.length).toBeGreaterThan(50);
  expect(listed).toEqual(rows.map(({ id }) => id));
});
