import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConsole } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { addToCart, filledForm, registered } from './buyer.ts';

describe('the page of an order', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  /** An order of a new customer that waits for payment at a page. */
  async function placed(product: { slug: string }) {
    const { browser, email } = await registered(shop.url);
    await addToCart(browser, product.slug);
    const { location } = await browser.submit('/checkout', await filledForm(browser, email));
    const row = await shop.db
      .selectFrom('orders')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    const [standIn = '', sessionId = ''] = location?.split('/pay/') ?? [];
    return { browser, id: row.id, standIn, sessionId };
  }

  const read = async (id: string) =>
    (await shop.api('GET', `/api/orders/${id}`, { token: await shop.adminToken() })).body;

  test('that was paid in cash and refunded does not speak of a card', async () => {
    const { browser, id } = await placed(await shop.product({ price: 2000 }));
    const admin = await openConsole(shop);
    await admin.open(`/admin/orders/${id}`);
    await admin.submit(`/admin/orders/${id}/paid`, {});
    await admin.submit(`/admin/orders/${id}/refunds`, {
      ...{ amount: '5', reason: '', key: randomUUID() },
    });
    await until(async () => (await read(id)).refundedTotal.amount === 500);
    const { text } = await browser.open(`/orders/${id}`);
    expect(text).toContain('$5.00 of $20.00 was refunded the way you paid.');
  });

  test('that expired just as it was paid does not say that nothing was charged', async () => {
    const product = await shop.product({ stock: 1 });
    const { browser, id, standIn, sessionId } = await placed(product);
    await shop.fault({ delayMs: 600_000 });
    await shop.payAtStandIn(sessionId);
    await shop.db
      .updateTable('orders')
      .set({ reserved_until: sql`now()` })
      .where('id', '=', id)
      .execute();
    await until(async () => (await read(id)).status === 'expired');
    const quick = await shop.customer();
    expect((await shop.order(quick.token, product.variantId)).status).toBe(201);
    await fetch(`${standIn}/_test/webhooks/flush`, { method: 'POST' });
    await until(async () => {
      const { data } = await shop.atStripe('/_test/charges');
      return data.some(
        (charge: { sessionId: string; amount: number; amountRefunded: number }) =>
          charge.sessionId === sessionId && charge.amountRefunded === charge.amount,
      );
    });
    const { text } = await browser.open(`/orders/${id}`);
    expect(text).toContain('This order was not paid in time');
    expect(text).toContain('is given back');
    expect(text).not.toContain('Nothing was charged');
  });
});
