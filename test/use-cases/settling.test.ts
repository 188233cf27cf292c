import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { Order } from '../../src/modules/orders/orders.model.ts';
import { cancelOrder } from '../../src/modules/orders/orders.service.ts';
import { liveCheckout } from '../../src/modules/payments/checkout.repository.ts';
import { listPayments } from '../../src/modules/payments/payments.service.ts';
import { refundsOfOrder } from '../../src/modules/payments/refunds.service.ts';
import { settleManually } from '../../src/modules/payments/settle.service.ts';
import { eraseCustomer } from '../../src/modules/privacy/erase.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { payingAt } from './paying.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
let paying: ReturnType<typeof payingAt>;
beforeAll(async () => {
  shop = await openBareShop();
  paying = payingAt(shop);
});
afterAll(() => shop.drop());

describe('money that Stripe captured', () => {
  it('pays its order, is in the books once, and counts as a sale', async () => {
    const items = [{ variantId: (await shop.product({ prices: [700] })).variantId, quantity: 3 }];
    const order = await shop.order({ items });
    const checkoutId = await paying.openPage(order);
    expect(await shop.capture(order, { checkoutId, paymentIntent: 'pi_once' })).toEqual({
      ...{ kind: 'settled', sale: { amount: 2100, currency: 'USD', units: 3 } },
    });
    expect(await shop.capture(order, { checkoutId, paymentIntent: 'pi_once' })).toEqual({
      kind: 'known',
    });
    expect(await paying.status(order)).toBe('paid');
    expect(await paying.pageStatus(checkoutId)).toBe('completed');
    expect(await paying.payments(order)).toMatchObject([
      {
        providerPaymentId: 'pi_once',
        status: 'succeeded',
        amount: usd(2100),
        refundedAmount: usd(0),
      },
    ]);
    expect(await shop.money(order.id)).toEqual(['capture: 2100 sales → stripe_balance']);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'payment.captured', 'order.paid']);
    expect(await shop.eventData(order.id, 'payment.captured')).toEqual({
      ...{ orderId: order.id, amount: usd(2100) },
    });
    expect(await shop.jobs(order.id)).toEqual([]);
  });

  it('on one page has another that is still open shut', async () => {
    const order = await shop.order();
    await paying.openPage(order);
    await shop.capture(order);
    expect(await shop.jobs(order.id)).toEqual(['close_checkouts']);
  });

  test.each<[string, { amount?: number; currency?: string }, string]>([
    ['too little', { amount: 999 }, 'captured 999 USD'],
    ['too much', { amount: 1001 }, 'captured 1001 USD'],
    ['another currency', { currency: 'EUR' }, 'captured 1000 EUR'],
  ])('and is %s changes nothing', async (_how, given, said) => {
    const order = await shop.order();
    expect(await shop.capture(order, given)).toEqual({
      ...{ kind: 'mismatch', detail: `${said}, but order ${order.id} costs 1000 USD` },
    });
    expect([
      await paying.status(order),
      await paying.payments(order),
      await shop.money(order.id),
    ]).toEqual([...['pending', [], []]]);
  });

  it('for an order that is not there changes nothing', async () => {
    const id = newId();
    expect(await shop.capture({ id, total: usd(1000) })).toEqual({
      ...{ kind: 'mismatch', detail: `order ${id} does not exist` },
    });
  });

  test.each<[string, (order: Order) => Promise<unknown>]>([
    ['closed', (order) => cancelOrder(shop.db, null, order.id)],
    ['already_paid', (order) => shop.capture(order)],
    [
      'out_of_stock',
      async (order) => {
        await shop.expire(order);
        const [line] = order.items;
        await shop.order({ items: [{ variantId: String(line?.variantId), quantity: 10 }] });
      },
    ],
  ])(
    'for an order that is %s goes back whole, and is the customer’s until then',
    async (because, make) => {
      const order = await shop.order();
      await make(order);
      const before = await shop.money(order.id);
      expect(await shop.capture(order, { paymentIntent: `pi_${because}` })).toEqual({
        ...{ kind: 'given_back', because },
      });
      const [refund] = await refundsOfOrder(shop.db, order.id);
      expect(refund).toMatchObject({ status: 'pending', amount: usd(1000), reason: because });
      expect((await shop.money(order.id)).slice(before.length).toSorted()).toEqual([
        'capture: 1000 customer_funds → stripe_balance',
        'refund_requested: 1000 refunds_pending → customer_funds',
      ]);
      expect(await shop.jobs(String(refund?.id))).toEqual([`send_refund refund:${refund?.id}`]);
      expect(await shop.eventData(order.id, 'refund.requested')).toMatchObject({
        origin: 'automatic',
      });
    },
  );
});

// The address that the order would be sent to is gone, too.
it('money for an expired order whose buyer was erased meanwhile goes back whole', async () => {
  const customerId = await shop.person();
  const { variantId } = await shop.product();
  const order = await shop.order({ customerId, items: [{ variantId, quantity: 1 }] });
  await shop.expire(order);
  await eraseCustomer(shop.db, customerId);
  expect(await shop.capture(order)).toEqual({ kind: 'given_back', because: 'closed' });
  expect(await refundsOfOrder(shop.db, order.id)).toMatchObject([{ amount: usd(1000) }]);
  expect([await paying.status(order), await shop.stock(variantId)]).toEqual(['expired', '10/0']);
});

describe('an order that an administrator says is paid', () => {
  it('is paid by other means, noted as that person’s word, and counts as a sale', async () => {
    const order = await shop.order();
    const [revenue, units, steps] = [
      await shop.counted('revenue', 'USD'),
      await shop.counted('productsSold'),
      await shop.counted('purchaseSteps', 'order_paid'),
    ];
    await settleManually(shop, order.id, await shop.person('admin'));
    expect(await paying.status(order)).toBe('paid');
    const [payment] = await paying.payments(order);
    expect(payment).toMatchObject({ provider: 'manual', status: 'succeeded', amount: usd(1000) });
    expect(await shop.money(order.id)).toEqual(['capture: 1000 sales → manual_receipts']);
    expect(await shop.noted(order.id)).toEqual([
      ['order.paid_by_hand', { paymentId: payment?.id, ...usd(1000) }],
    ]);
    expect(await shop.jobs(order.id)).toEqual(['close_checkouts']);
    expect(await shop.counted('revenue', 'USD')).toBe(revenue + 1000);
    expect(await shop.counted('purchaseSteps', 'order_paid')).toBe(steps + 1);
    expect(await shop.counted('productsSold')).toBe(units + 1);
  });

  it('for nobody’s word, as it costs nothing, is not noted', async () => {
    const { variantId } = await shop.product({ prices: [0] });
    const order = await shop.order({ items: [{ variantId, quantity: 1 }] });
    await settleManually(shop, order.id, null);
    expect([
      await paying.status(order),
      await shop.noted(order.id),
      await shop.money(order.id),
    ]).toEqual([...['paid', [], []]]);
  });

  it('is paid once', async () => {
    const order = await shop.paid();
    const revenue = await shop.counted('revenue');
    await expect(settleManually(shop, order.id, null)).rejects.toThrow(
      expect.objectContaining({
        ...{ code: 'invalid_transition', message: 'An order that is paid cannot be paid.' },
      }),
    );
    expect([await shop.counted('revenue'), (await paying.payments(order)).length]).toEqual([
      revenue,
      1,
    ]);
  });

  it('is not paid where its units went to others, and that is what is said', async () => {
    const order = await shop.order();
    await shop.expire(order);
    const [line] = order.items;
    await shop.order({ items: [{ variantId: String(line?.variantId), quantity: 10 }] });
    const message = 'This order expired, and there is not enough in stock for it any more.';
    await expect(settleManually(shop, order.id, null)).rejects.toThrow(
      expect.objectContaining({ code: 'insufficient_stock', message }),
    );
    expect([await paying.status(order), await paying.payments(order)]).toEqual(['expired', []]);
  });
});

describe('pages of payments', () => {
  it('are of the owner alone', async () => {
    const customerId = await shop.person();
    await shop.paid({ customerId });
    const list = async (owner: string | null) =>
      (await listPayments(shop.db, owner, {}, { limit: 100 })).data.length;
    expect([await list(customerId), await list(await shop.person())]).toEqual([1, 0]);
  });

  test('a live page is there until its order is paid', async () => {
    const order = await shop.order();
    const checkoutId = await paying.openPage(order);
    const live = () => inTransaction(shop.db, (tx) => liveCheckout(tx, order.id));
    expect((await live())?.id).toBe(checkoutId);
    await shop.capture(order, { checkoutId });
    expect(await live()).toBeUndefined();
  });
});
