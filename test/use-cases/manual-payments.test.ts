import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Order } from '../../src/modules/orders/orders.model.ts';
import { cancelOrder } from '../../src/modules/orders/orders.service.ts';
import {
  cancelAnnounced,
  promiseManualPayment,
  recordManualPayment,
} from '../../src/modules/payments/manual-payments.service.ts';
import { getPayment } from '../../src/modules/payments/payments.service.ts';
import { payingAt } from './paying.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
let paying: ReturnType<typeof payingAt>;
beforeAll(async () => {
  shop = await openBareShop();
  paying = payingAt(shop);
});
afterAll(() => shop.drop());

describe('a payment by other means', () => {
  const claim = (actorId: string, key = 'k') => ({
    actorId,
    route: 'POST /api/payments',
    key,
    fingerprint: 'a',
  });
  const promise = (order: Order, owner: string | null, given = {}) =>
    promiseManualPayment(shop.db, owner, {
      orderId: order.id,
      amount: null,
      claim: null,
      ...given,
    });
  const record = async (order: Order, given = {}) =>
    recordManualPayment(shop, {
      ...{
        orderId: order.id,
        amount: null,
        claim: null,
        actorId: await shop.person('admin'),
        ...given,
      },
    });
  const invalid = expect.objectContaining({
    code: 'validation_failed',
    errors: [
      { path: 'amount', message: 'The amount must be the order’s total; it may be left out.' },
    ],
  });

  it('is announced by the customer, once, and settles nothing', async () => {
    const customerId = await shop.person();
    const order = await shop.order({ customerId });
    const answer = await promise(order, customerId);
    if (answer.kind !== 'payment') throw new Error('repeated');
    expect(answer.payment).toMatchObject({
      provider: 'manual',
      status: 'pending',
      amount: usd(1000),
    });
    expect(await getPayment(shop.db, customerId, answer.payment.id)).toEqual(answer.payment);
    const announced = shop.db
      .selectFrom('payments')
      .select('announced_at')
      .where('id', '=', answer.payment.id);
    expect((await announced.executeTakeFirst())?.announced_at).toBeInstanceOf(Date);
    await expect(getPayment(shop.db, await shop.person(), answer.payment.id)).rejects.toThrow(
      'The payment was not found.',
    );
    await expect(promise(order, customerId)).rejects.toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: 'A manual payment is already open for this order.',
      }),
    );
    expect(await paying.status(order)).toBe('pending');
    expect(await shop.events(order.id)).toEqual(['order.placed', 'payment.announced']);
    expect(await shop.eventData(order.id, 'payment.announced')).toEqual({
      ...{ orderId: order.id, amount: usd(1000) },
    });
  });

  it('under a key is announced once and answered again', async () => {
    const customerId = await shop.person();
    const order = await shop.order({ customerId });
    const given = { claim: claim(customerId) };
    const first = await promise(order, customerId, given);
    if (first.kind !== 'payment') throw new Error('repeated');
    expect(await promise(order, customerId, given)).toEqual({
      ...{ kind: 'repeated', status: 201, body: JSON.stringify(first.payment) },
    });
  });

  test.each([
    { amount: 999, currency: 'USD' },
    { amount: 1000, currency: 'EUR' },
  ])('of %j, which the order does not cost, is refused', async (amount) => {
    const customerId = await shop.person();
    const order = await shop.order({ customerId });
    await expect(promise(order, customerId, { amount })).rejects.toThrow(invalid);
    await expect(record(order, { amount })).rejects.toThrow(invalid);
    expect(await paying.payments(order)).toEqual([]);
  });

  it('of just what the order costs is taken', async () => {
    const order = await shop.order();
    expect((await record(order, { amount: usd(1000) })).kind).toBe('payment');
  });

  it('is announced by nobody else, and for no order that waits for no money', async () => {
    const order = await shop.order();
    await expect(promise(order, await shop.person())).rejects.toThrow('The order was not found.');
    await expect(promise(await shop.paid(), null)).rejects.toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: 'This order is paid; it waits for no payment.',
      }),
    );
  });

  it('that was announced is the one that is recorded, with whose word it was', async () => {
    const order = await shop.order();
    const announced = await promise(order, null);
    const actorId = await shop.person('admin');
    const revenue = await shop.counted('revenue');
    const given = { actorId, claim: claim(actorId) };
    const recorded = await record(order, given);
    if (announced.kind !== 'payment' || recorded.kind !== 'payment') throw new Error('repeated');
    expect(recorded.payment).toMatchObject({ id: announced.payment.id, status: 'succeeded' });
    expect(await shop.noted(order.id)).toMatchObject([
      ['order.paid_by_hand', { paymentId: recorded.payment.id }],
    ]);
    expect(await shop.eventData(order.id, 'payment.captured')).toMatchObject({ by: actorId });
    expect(await record(order, given)).toEqual({
      ...{ kind: 'repeated', status: 201, body: JSON.stringify(recorded.payment) },
    });
    expect(await shop.counted('revenue')).toBe(revenue + 1000);
    expect(await paying.payments(order)).toHaveLength(1);
  });

  it('that is refused leaves its key free', async () => {
    const order = await shop.paid();
    const actorId = await shop.person('admin');
    await expect(record(order, { actorId, claim: claim(actorId) })).rejects.toThrow(
      'cannot be paid',
    );
    const other = await shop.order();
    expect((await record(other, { actorId, claim: claim(actorId) })).kind).toBe('payment');
  });

  it('is no longer expected for orders that closed unpaid, and is for all others', async () => {
    const [closed, open] = [await shop.order(), await shop.order()];
    for (const order of [closed, open]) await promise(order, null);
    await cancelOrder(shop.db, null, closed.id);
    for (let times = 0; times < 2; times += 1) await cancelAnnounced(shop.db, [closed.id, open.id]);
    const states = [await paying.payments(closed), await paying.payments(open)]
      .flat()
      .map((one) => one.status);
    expect(states).toEqual(['cancelled', 'pending']);
    expect((await shop.events(closed.id)).slice(2)).toEqual([
      'order.cancelled',
      'payment.cancelled',
    ]);
    expect(await shop.eventData(closed.id, 'payment.cancelled')).toEqual({
      ...{ orderId: closed.id, amount: usd(1000) },
    });
  });
});
