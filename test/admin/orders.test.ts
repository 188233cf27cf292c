import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Permission } from '../../src/shared/permissions.ts';
import { dashboardOf } from '../reconciliation/support.ts';
import { browserOf, colleague } from '../staff/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { hidden, nextPage, openConsole, textOf, typedIn } from './support.ts';

let shop: TestShop;
let admin: Awaited<ReturnType<typeof openConsole>>;
beforeAll(async () => {
  shop = await startShop();
  admin = await openConsole(shop);
});
afterAll(() => shop.stop());

/** An order of a new customer for a new product: two at $20.00. */
async function placed() {
  const product = await shop.product({ price: 2000, stock: 10 });
  const customer = await shop.customer();
  const { body } = await shop.order(customer.token, product.variantId, 2);
  return { id: String(body.id), number: Number(body.number), product, customer };
}

async function paid() {
  const order = await placed();
  await shop.pay(order.customer.token, order.id);
  return order;
}

async function read(id: string) {
  return (await shop.api('GET', `/api/orders/${id}`, { token: await shop.adminToken() })).body;
}

/** Opens an order's page and sends its refund form. */
async function refund(id: string, amount: string, reason = '') {
  const page = await admin.open(`/admin/orders/${id}`);
  const fields = { amount, reason, key: hidden(page.text, 'key') };
  return { fields, answer: await admin.submit(`/admin/orders/${id}/refunds`, fields) };
}

describe('the list of orders', () => {
  test('is found by number and by e-mail, and filtered by status', async () => {
    const order = await placed();
    const other = await paid();
    const shows = async (query: string, { id }: { id: string }) =>
      (await admin.open(`/admin/orders?${query}`)).text.includes(`/admin/orders/${id}"`);
    expect(await shows(`q=%23${order.number}`, order)).toBe(true);
    expect(await shows(`q=${order.number}`, other)).toBe(false);
    expect(await shows(`q=${encodeURIComponent(order.customer.email.toUpperCase())}`, order)).toBe(
      true,
    );
    expect(await shows('status=pending', order)).toBe(true);
    expect(await shows('status=pending', other)).toBe(false);
    expect(await shows('q=&status=', other)).toBe(true);
  });

  test('goes on page after page without leaving an order out', async () => {
    const product = await shop.product({ stock: 100 });
    const { token, email } = await shop.customer();
    const placed = await Promise.all(
      Array.from({ length: 27 }, () => shop.order(token, product.variantId)),
    );
    let path: string | undefined = `/admin/orders?q=${encodeURIComponent(email)}`;
    const seen = new Set<string>();
    let pages = 0;
    while (path) {
      const { text } = await admin.open(path);
      for (const [, id] of text.matchAll(/\/admin\/orders\/([0-9a-f-]{36})"/g))
        seen.add(String(id));
      path = nextPage(text);
      pages += 1;
    }
    expect(pages).toBe(2);
    expect(seen).toEqual(new Set(placed.map(({ body }) => body.id)));
  });
});

describe('an order', () => {
  test('shows its lines, totals, payment and timeline with correlation ids', async () => {
    const order = await paid();
    const { status, text } = await admin.open(`/admin/orders/${order.id}`);
    expect(status).toBe(200);
    const words = textOf(text);
    expect(words).toContain('Oak board');
    expect(words).toContain('$40.00');
    expect(words).toMatch(/Stripe \w+ \d+, \d+, \d+:\d+ [AP]M UTC pi_\w+ Succeeded/);
    expect(words).toContain('Order paid');
    const events = await shop.db
      .selectFrom('outbox_events')
      .select('correlation_id')
      .where('aggregate_id', '=', order.id)
      .execute();
    expect(events.length).toBeGreaterThan(1);
    for (const { correlation_id } of events) expect(text).toContain(correlation_id);
  });

  test('is marked paid by hand, sent and delivered, and its units leave the stock', async () => {
    const order = await placed();
    const step = async (name: string) => {
      await admin.open(`/admin/orders/${order.id}`);
      return (await admin.submit(`/admin/orders/${order.id}/${name}`, {})).status;
    };
    expect(await step('paid')).toBe(303);
    expect((await read(order.id)).status).toBe('paid');
    expect(await step('fulfilled')).toBe(303);
    expect((await read(order.id)).status).toBe('fulfilled');
    expect(await step('delivered')).toBe(303);
    expect((await read(order.id)).status).toBe('delivered');
    const level = await shop.db
      .selectFrom('stock_levels')
      .selectAll()
      .where('variant_id', '=', order.product.variantId)
      .executeTakeFirstOrThrow();
    expect(level).toMatchObject({ on_hand: 8, reserved: 0 });
  });

  test('that is cancelled gives its stock back; what is no longer possible is refused on the page', async () => {
    const order = await placed();
    await admin.open(`/admin/orders/${order.id}`);
    expect((await admin.submit(`/admin/orders/${order.id}/cancelled`, {})).status).toBe(303);
    expect(await shop.available(order.product)).toBe(10);
    const again = await admin.submit(`/admin/orders/${order.id}/paid`, {});
    expect(again.status).toBe(409);
    expect(textOf(again.text)).toContain('An order that is cancelled cannot be paid.');
    expect((await read(order.id)).status).toBe('cancelled');
  });

  test('that does not exist is a page that says so', async () => {
    const { status, text } = await admin.open('/admin/orders/0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10');
    expect(status).toBe(404);
    expect(text).toContain('The order was not found.');
  });
});

describe('a refund', () => {
  const charges = async (id: string) => {
    const payment = await shop.db
      .selectFrom('payments')
      .select(['refunded_amount', 'provider_payment_id'])
      .where('order_id', '=', id)
      .executeTakeFirstOrThrow();
    const { data } = (await (await fetch(`${shop.standInUrl}/_test/charges`)).json()) as {
      data: { paymentIntent: string; amountRefunded: number }[];
    };
    const charge = data.find(({ paymentIntent }) => paymentIntent === payment.provider_payment_id);
    return { books: payment.refunded_amount, atStripe: charge?.amountRefunded };
  };

  test('of a part and then of the rest reaches Stripe, and the order says so', async () => {
    const { id } = await paid();
    expect((await refund(id, '12.50', 'One arrived broken')).answer.status).toBe(303);
    expect((await read(id)).refundedTotal.amount).toBe(1250);
    const page = textOf((await admin.open(`/admin/orders/${id}`)).text);
    expect(page).toContain('Partially refunded');
    expect(page).toContain('One arrived broken');

    const rest = await admin.open(`/admin/orders/${id}`);
    expect(typedIn(rest.text, 'amount')).toBe('27.50');
    expect((await refund(id, '27.50')).answer.status).toBe(303);
    expect((await read(id)).refundedTotal.amount).toBe(4000);
    expect(await charges(id)).toEqual({ books: 4000, atStripe: 4000 });
    const { text } = await admin.open(`/admin/orders/${id}`);
    expect(text).not.toContain(`/admin/orders/${id}/refunds`);
    expect(text).not.toContain(`/admin/orders/${id}/fulfilled`);
  });

  test('of more than is left is refused with what is possible, and what was typed stays', async () => {
    const { id } = await paid();
    const { answer } = await refund(id, '40.01', 'Too generous');
    expect(answer.status).toBe(409);
    expect(textOf(answer.text)).toContain('At most $40.00 of this order can be refunded.');
    expect(typedIn(answer.text, 'amount')).toBe('40.01');
    expect(typedIn(answer.text, 'reason')).toBe('Too generous');
    expect(await charges(id)).toEqual({ books: 0, atStripe: 0 });
  });

  test.each(['0', '-5', 'ten', '1.999'])('of "%s" is refused at its field', async (amount) => {
    const { id } = await paid();
    const { answer } = await refund(id, amount);
    expect(answer.status).toBe(400);
    expect(textOf(answer.text)).toContain('Type an amount above zero');
    expect(await charges(id)).toEqual({ books: 0, atStripe: 0 });
  });

  test('of an amount with decimals in yen is refused with one that can be typed', async () => {
    const product = await shop.product({ price: 5000, currency: 'JPY' });
    const { token } = await shop.customer();
    const { body } = await shop.order(token, product.variantId);
    await shop.pay(token, body.id);
    const { answer } = await refund(body.id, '12.50');
    expect(textOf(answer.text)).toContain('Type an amount above zero, such as 1250.');
    expect((await refund(body.id, '1250')).answer.status).toBe(303);
  });

  test('and the movements of money are shown to those alone who may read them', async () => {
    const { id } = await paid();
    expect((await refund(id, '5', 'A crack in it')).answer.status).toBe(303);
    const sees = async (...more: Permission[]) => {
      const { email } = await colleague(shop, ['orders:read', ...more]);
      const browser = await browserOf(shop, email);
      const text = textOf((await browser.open(`/admin/orders/${id}`)).text);
      return [text.includes('A crack in it'), text.includes('Money came in')];
    };
    expect(await sees()).toEqual([false, false]);
    expect(await sees('refunds:read')).toEqual([true, false]);
    expect(await sees('audit:read')).toEqual([false, true]);
  });

  test('of money that did not pay the order is not offered, as Stripe’s dashboard alone can give it back', async () => {
    const { id, customer } = await placed();
    const { token } = customer;
    const { body } = await shop.api('POST', '/api/checkout', { token, body: { orderId: id } });
    await shop.fault({ delayMs: 600_000 });
    await shop.payAtStandIn(body.sessionId);
    const { data } = await shop.atStripe('/_test/charges');
    const payment_intent = data.at(-1).paymentIntent;
    // So that less is left than the shop gives back once it hears of the payment.
    await shop.fault({ clear: true, drop: 4 });
    await dashboardOf(shop).refunds.create({ payment_intent, amount: 1000 });
    await shop.api('DELETE', `/api/orders/${id}`, { token });
    await fetch(`${shop.standInUrl}/_test/webhooks/flush`, { method: 'POST' });
    const failed = async () =>
      (await shop.api('GET', `/api/orders/${id}/refunds`, { token: await shop.adminToken() })).body
        .data[0]?.status === 'failed';
    await until(failed);
    const { text } = await admin.open(`/admin/orders/${id}`);
    expect(text).not.toContain(`/admin/orders/${id}/refunds`);
  });

  test('whose form is sent twice, one after the other or at once, refunds once', async () => {
    const { id } = await paid();
    const { fields, answer } = await refund(id, '10.00');
    expect(answer.status).toBe(303);
    const again = await Promise.all(
      [1, 2, 3].map(() => admin.submit(`/admin/orders/${id}/refunds`, fields)),
    );
    expect(again.map(({ status }) => status)).toEqual([303, 303, 303]);
    const other = await paid();
    const page = await admin.open(`/admin/orders/${other.id}`);
    const twin = { amount: '10.00', reason: '', key: hidden(page.text, 'key') };
    await Promise.all([1, 2, 3].map(() => admin.submit(`/admin/orders/${other.id}/refunds`, twin)));
    await until(async () => (await read(other.id)).refundedTotal.amount === 1000);
    expect(await charges(id)).toEqual({ books: 1000, atStripe: 1000 });
    expect(await charges(other.id)).toEqual({ books: 1000, atStripe: 1000 });
  });
});
