import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { payingAt } from './paying.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
let paying: ReturnType<typeof payingAt>;
beforeAll(async () => {
  shop = await openBareShop();
  paying = payingAt(shop);
});
afterAll(() => shop.drop());

describe('a payment', () => {
  it('that succeeded settles its order, whatever became of its page’s own event', async () => {
    const { order, intent } = await paying.onPage();
    expect(await paying.happen('payment_intent.succeeded', intent)).toBe('applied');
    expect(await paying.status(order)).toBe('paid');
  });

  it('of nothing of ours is parked', async () => {
    const { intent } = await paying.onPage();
    expect(await paying.happen('payment_intent.succeeded', { ...intent, metadata: {} })).toBe(
      'parked: money for a session that this shop did not open',
    );
  });

  test.each<[string, object | null, string]>([
    [
      'by its bank',
      { decline_code: 'insufficient_funds', code: 'card_declined' },
      'insufficient_funds',
    ],
    ['by Stripe', { code: 'expired_card' }, 'expired_card'],
    ['for an unknown reason', null, 'failed'],
  ])(
    'that was declined %s is told, and the order waits on',
    async (_by, last_payment_error, code) => {
      const { order, intent } = await paying.onPage();
      const before = await shop.counted('paymentsFailed', code);
      expect(
        await paying.happen('payment_intent.payment_failed', { ...intent, last_payment_error }),
      ).toBe('applied');
      expect([await paying.status(order), await shop.counted('paymentsFailed', code)]).toEqual([
        'pending',
        before + 1,
      ]);
      expect(await paying.payments(order)).toMatchObject([{ status: 'failed', amount: usd(1000) }]);
      expect(await shop.eventData(order.id, 'payment.failed')).toEqual({
        ...{ orderId: order.id, amount: usd(1000), failureCode: code },
      });
    },
  );

  it('that was declined and succeeded then is one payment; the order of the news does not matter', async () => {
    const { order, intent } = await paying.onPage();
    await paying.happen('payment_intent.payment_failed', intent);
    await paying.happen('payment_intent.succeeded', intent);
    const before = await shop.counted('paymentsFailed');
    expect(await paying.happen('payment_intent.payment_failed', intent)).toBe(
      'applied: this payment succeeded meanwhile',
    );
    expect(await paying.payments(order)).toMatchObject([{ status: 'succeeded' }]);
    expect(await shop.counted('paymentsFailed')).toBe(before);
  });

  it('of another shop that was declined is ignored', async () => {
    const { intent } = await paying.onPage();
    expect(await paying.happen('payment_intent.payment_failed', { ...intent, metadata: {} })).toBe(
      'ignored: not a payment of this shop',
    );
  });
});
