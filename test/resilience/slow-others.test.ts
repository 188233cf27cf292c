import { sql } from 'kysely';
import { expect, it, onTestFinished, vi } from 'vitest';
import { eraseCustomer } from '../../src/modules/privacy/erase.service.ts';
import { startShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { metric, repairNow, run, waitingOrder } from './support.ts';

/** More than there are slots for jobs of any kind. */
const MANY = 20;

async function openShop() {
  const shop = await startShop();
  onTestFinished(() => shop.stop());
  return shop;
}

it('money that came in is noted while many payment pages are to be shut and Stripe answers nothing of it; no repair adds to them', async () => {
  const shop = await openShop();
  const left = await Promise.all(Array.from({ length: MANY }, () => waitingOrder(shop)));
  await Promise.all(left.map(({ checkout }) => checkout()));
  const buyer = await waitingOrder(shop);
  await shop.fault({ latencyMs: 100_000, match: '/expire' });
  for (const { token, orderId } of left)
    await shop.api('DELETE', `/api/orders/${orderId}`, { token });
  await shop.pay(buyer.token, buyer.orderId);
  expect(await metric(shop, 'dependency_calls_total', 'outcome="timeout"')).toBe(0);
  await run(shop, `UPDATE orders SET updated_at = now() - interval '3 minutes'`);
  await repairNow(shop);
  const { rows } = await sql`
    SELECT FROM graphile_worker.jobs WHERE task_identifier = 'close_checkouts'`.execute(shop.db);
  expect(rows).toHaveLength(MANY);
  await shop.fault({ clear: true });
});

it('money that came in is noted while many passwords are to be reset and the mail server says nothing', async () => {
  const shop = await openShop();
  let asked = 0;
  const send = vi.spyOn(shop.mailbox, 'send').mockImplementation(() => {
    asked += 1;
    return new Promise(() => {});
  });
  onTestFinished(() => send.mockRestore());
  const buyer = await waitingOrder(shop);
  const people = await Promise.all(Array.from({ length: MANY }, () => shop.customer()));
  for (const { email } of people)
    await shop.api('POST', '/api/auth/request-reset', { body: { email } });
  await until(() => asked > 0);
  await shop.pay(buyer.token, buyer.orderId);
  expect(await metric(shop, 'dependency_calls_total', 'outcome="timeout"')).toBe(0);
});

it('money that came in is noted while many people are taken out of orders that somebody holds', async () => {
  const shop = await openShop();
  const gone = await Promise.all(Array.from({ length: 5 }, () => waitingOrder(shop)));
  for (const { token, orderId } of gone)
    await shop.api('DELETE', `/api/orders/${orderId}`, { token });
  const buyer = await waitingOrder(shop);
  const holder = await shop.db.startTransaction().execute();
  onTestFinished(() => holder.rollback().execute());
  await holder
    .selectFrom('orders')
    .select('id')
    .where('status', '=', 'cancelled')
    .forUpdate()
    .execute();
  for (const { id } of gone) await eraseCustomer(shop.db, id);
  await shop.pay(buyer.token, buyer.orderId);
  const { rows } = await sql`
    SELECT FROM graphile_worker.jobs
    WHERE task_identifier = 'erase_customer' AND last_error IS NULL`.execute(shop.db);
  expect(rows).toHaveLength(gone.length);
});
