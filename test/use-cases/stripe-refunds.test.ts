import { sql } from 'kysely';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { Order } from '../../src/modules/orders/orders.model.ts';
import { getOrder } from '../../src/modules/orders/orders.service.ts';
import { refundsOfOrder, requestRefund } from '../../src/modules/payments/refunds.service.ts';
import { refundChanged } from '../../src/modules/payments/stripe-events.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { untilBlocked } from '../support/blocked.ts';
import { payingAt } from './paying.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
let paying: ReturnType<typeof payingAt>;
beforeAll(async () => {
  shop = await openBareShop();
  paying = payingAt(shop);
});
afterAll(() => shop.drop());

describe('a refund', () => {
  /** A paid order, and a refund of ours that is on its way. */
  async function underWay() {
    const { order, intent, intentId } = await paying.onPage();
    await paying.happen('payment_intent.succeeded', intent);
    const [payment] = await paying.payments(order);
    const row = await inTransaction(shop.db, (tx) =>
      requestRefund(tx, {
        ...{ paymentId: String(payment?.id), amount: 400, origin: 'admin' as const },
        ...{ reason: '', actorId: null },
      }),
    );
    const about = { currency: 'usd', payment_intent: intentId, reason: null };
    const object = { id: `re_${row.id}`, amount: 400, ...about };
    return { order, ours: { ...object, metadata: { refund_id: row.id } }, object };
  }
  const refunds = async (order: Order) =>
    (await refundsOfOrder(shop.db, order.id)).map((one) => `${one.status} ${one.amount.amount}`);

  test.each([
    ['refund.created', 'pending', 'pending 400', 0],
    ['refund.updated', 'succeeded', 'succeeded 400', 400],
    ['refund.failed', 'failed', 'failed 400', 0],
    ['refund.updated', 'canceled', 'failed 400', 0],
    ['refund.updated', 'requires_action', 'pending 400', 0],
  ])('of ours: %s, %s', async (type, state, expected, counted) => {
    const { order, ours } = await underWay();
    const before = await shop.counted('refunds');
    expect(await paying.happen(type, { ...ours, status: state })).toBe('applied');
    expect(await refunds(order)).toEqual([expected]);
    expect([...paying.found.marks.orders]).toEqual([order.id]);
    expect((await shop.counted('refunds')) - before).toBe(counted);
  });

  // The books say that the customer has the money, and only a person can see to it that they do.
  it('of ours that comes back after it succeeded is parked', async () => {
    const { order, ours } = await underWay();
    await paying.happen('refund.updated', { ...ours, status: 'succeeded' });
    const id = ours.metadata.refund_id;
    expect(await paying.happen('refund.failed', { ...ours, status: 'failed' })).toBe(
      `parked: refund ${id} came back to Stripe after it had succeeded`,
    );
    expect([...paying.found.marks.orders]).toEqual([order.id]);
    expect(await refunds(order)).toEqual(['succeeded 400']);
  });

  it('of ours is known by its id at Stripe once that was told', async () => {
    const { order, ours, object } = await underWay();
    await paying.happen('refund.created', { ...ours, status: 'pending' });
    expect(
      await paying.happen('refund.updated', { ...object, metadata: {}, status: 'succeeded' }),
    ).toBe('applied');
    expect(await refunds(order)).toEqual(['succeeded 400']);
  });

  it('that somebody made at Stripe is written into the books', async () => {
    const { order, object } = await underWay();
    const made = {
      ...object,
      id: `re_${newId()}`,
      amount: 100,
      reason: 'duplicate',
      metadata: null,
    };
    const before = await shop.counted('refunds');
    expect(await paying.happen('refund.created', { ...made, status: 'succeeded' })).toBe(
      'applied: a refund made at Stripe',
    );
    expect([...paying.found.marks.orders]).toEqual([order.id]);
    expect((await refunds(order)).toSorted()).toEqual(['pending 400', 'succeeded 100']);
    expect((await refundsOfOrder(shop.db, order.id))[0]?.reason).toBe('duplicate');
    expect((await shop.counted('refunds')) - before).toBe(100);
    expect(await shop.eventData(order.id, 'refund.requested')).toMatchObject({
      origin: 'provider',
    });
    expect(await paying.happen('refund.updated', { ...made, status: 'succeeded' })).toBe('applied');
    expect((await getOrder(shop.db, null, order.id)).refundedTotal).toEqual(usd(100));
  });

  // As of money that came back, and was sent once more there.
  it('that somebody made at Stripe of more than the books have left is parked', async () => {
    const { order, ours, object } = await underWay();
    const more = { ...object, id: `re_${newId()}`, amount: 601, metadata: {}, status: 'succeeded' };
    // Ours may fail yet, and what it set aside be what went.
    await expect(paying.happen('refund.created', more)).rejects.toThrow('More would be refunded');
    await paying.happen('refund.updated', { ...ours, status: 'succeeded' });
    expect(await paying.happen('refund.created', more)).toBe(
      'parked: 601 USD went back at Stripe, and 600 of this payment are left here',
    );
    expect([...paying.found.marks.orders]).toEqual([order.id]);
    expect(await refunds(order)).toEqual(['succeeded 400']);
  });

  // Stripe tells of one refund twice, and the second may be looked at while the first is written.
  it('that somebody made at Stripe is known by its second event however close that follows', async () => {
    const { order, intent, intentId } = await paying.onPage();
    await paying.happen('payment_intent.succeeded', intent);
    const made = {
      ...{ id: `re_${newId()}`, amount: intent.amount, currency: 'usd', payment_intent: intentId },
      ...{ reason: null, metadata: {}, status: 'succeeded' },
    };
    const { second } = await inTransaction(shop.db, async (tx) => {
      await sql`LOCK TABLE payments`.execute(tx);
      await refundChanged(tx, made as unknown as Stripe.Refund);
      const second = paying.happen('refund.updated', made);
      await untilBlocked(shop.db);
      return { second };
    });
    expect(await second).toBe('applied');
    expect(await refunds(order)).toEqual([`succeeded ${intent.amount}`]);
  });

  it('that somebody made at Stripe and failed changes nothing', async () => {
    const { order, object } = await underWay();
    const made = { ...object, id: `re_${newId()}`, metadata: {}, status: 'failed' };
    expect(await paying.happen('refund.created', made)).toBe(
      'ignored: a refund made elsewhere that failed',
    );
    expect(await refunds(order)).toEqual(['pending 400']);
  });

  it('of another program’s making, that bears an id of its own, is known by its payment', async () => {
    const { order, object } = await underWay();
    const made = { ...object, id: `re_${newId()}`, amount: 100, metadata: { refund_id: '17' } };
    expect(await paying.happen('refund.created', { ...made, status: 'succeeded' })).toBe(
      'applied: a refund made at Stripe',
    );
    expect((await refunds(order)).toSorted()).toEqual(['pending 400', 'succeeded 100']);
  });

  it('of a payment of which only a declined attempt was told is parked', async () => {
    const { intent, intentId } = await paying.onPage();
    await paying.happen('payment_intent.payment_failed', intent);
    const made = { id: `re_${newId()}`, amount: 1, metadata: {}, status: 'succeeded' };
    expect(await paying.happen('refund.created', { ...made, payment_intent: intentId })).toBe(
      'parked: a refund of a payment that this shop does not know',
    );
  });

  test.each([null, 'pi_unknown'])(
    'of the payment %s, which we do not have, is parked',
    async (intent) => {
      const made = { id: `re_${newId()}`, amount: 1, metadata: {}, status: 'succeeded' };
      expect(await paying.happen('refund.created', { ...made, payment_intent: intent })).toBe(
        'parked: a refund of a payment that this shop does not know',
      );
    },
  );
});
