import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

async function mailsTo(email: string) {
  const mails = await shop.mailbox.list();
  return mails.filter(({ to }) => to === email).toReversed();
}

async function newOrder() {
  const { token, email } = await shop.customer();
  const { variantId } = await shop.product({ title: 'Kettle <large>', price: 4500 });
  const { body } = await shop.order(token, variantId, 2);
  return { token, email, id: String(body.id), number: Number(body.number) };
}

const subjectsTo = async (email: string) => (await mailsTo(email)).map(({ subject }) => subject);

it('a customer is mailed once when their order is paid, sent and refunded, with its lines and its page', async () => {
  const { token, email, id, number } = await newOrder();
  const admin = await shop.adminToken();
  await shop.pay(token, id);
  await until(async () => (await mailsTo(email)).length === 1);
  await shop.api('PUT', `/api/orders/${id}`, { token: admin, body: { status: 'fulfilled' } });
  await until(async () => (await mailsTo(email)).length === 2);
  await shop.api('POST', `/api/orders/${id}/refunds`, {
    token: admin,
    body: { amount: { amount: 1000, currency: 'USD' } },
  });
  await until(async () => (await mailsTo(email)).length === 3);
  const mails = await mailsTo(email);
  expect(mails.map(({ subject }) => subject)).toEqual([
    `Your order #${number}`,
    `Your order #${number} is on its way`,
    `A refund for your order #${number}`,
  ]);
  const [confirmation, , refund] = mails;
  expect(confirmation?.text).toContain('2 × Kettle <large>: $90.00');
  expect(confirmation?.text).toContain(`/orders/${id}`);
  expect(confirmation?.html).toContain('2 × Kettle &#60;large&#62;: $90.00');
  expect(refund?.text).toContain(`We gave $10.00 of your order #${number} back`);
  const events = await shop.db.selectFrom('outbox_events').select(['id', 'type']).execute();
  const paid = events.find(({ type }) => type === 'order.paid');
  expect(confirmation?.messageId).toBe(`<${paid?.id}@localhost>`);
});

it('a customer who cancels is told, one whose order expires is not', async () => {
  const cancelled = await newOrder();
  const expired = await newOrder();
  await sql`UPDATE orders SET reserved_until = now() WHERE id = ${expired.id}`.execute(shop.db);
  await until(async () => {
    const { body } = await shop.api('GET', `/api/orders/${expired.id}`, { token: expired.token });
    return body.status === 'expired';
  });
  await shop.api('DELETE', `/api/orders/${cancelled.id}`, { token: cancelled.token });
  await until(async () => (await mailsTo(cancelled.email)).length === 1);
  expect(await subjectsTo(cancelled.email)).toEqual([
    `Your order #${cancelled.number} is cancelled`,
  ]);
  expect(await mailsTo(expired.email)).toEqual([]);
});

it('a mail that was not accepted is sent later under the same Message-ID, and orders go on meanwhile', async () => {
  const { token, email, id, number } = await newOrder();
  const refused: (string | undefined)[] = [];
  const send = vi.spyOn(shop.mailbox, 'send').mockImplementation(async (mail) => {
    refused.push(mail.messageId);
    throw new Error('mail is down');
  });
  await shop.pay(token, id);
  await until(() => refused.length === 1);
  const other = await newOrder();
  await shop.pay(other.token, other.id);
  await until(() => refused.length > 1);
  send.mockRestore();
  await sql`SELECT graphile_worker.reschedule_jobs(
    ARRAY(SELECT id FROM graphile_worker.jobs WHERE task_identifier = 'send_order_mail'), run_at => now())`.execute(
    shop.db,
  );
  await until(async () => (await mailsTo(email)).length === 1);
  const [mail] = await mailsTo(email);
  expect(mail).toMatchObject({ subject: `Your order #${number}`, messageId: refused[0] });
  await until(async () => (await mailsTo(other.email)).length === 1);
});
