import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { Order } from '../../src/modules/orders/orders.model.ts';
import { advanceOrder, getOrder } from '../../src/modules/orders/orders.service.ts';
import {
  type RefundRequest,
  refundOrder,
  refundsOfOrder,
  requestRefund,
  sendRefund,
} from '../../src/modules/payments/refunds.service.ts';
import { settleManually } from '../../src/modules/payments/settle.service.ts';
import { StripeRefusal } from '../../src/modules/payments/stripe.gateway.ts';
import { ShopError } from '../../src/shared/errors.ts';
import { newId } from '../../src/shared/ids.ts';
import { newMarks, withCorrelation } from '../../src/telemetry/context.ts';
import { askedOfStripe } from './stripe.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
let owner: string;
const stripe = askedOfStripe();
beforeAll(async () => {
  shop = await openBareShop();
  owner = await shop.person('admin');
});
beforeEach(() => stripe.reset());
afterAll(() => shop.drop());

const deps = () => ({ db: shop.db, stripe: stripe.gateway, metrics: shop.metrics });
const refund = (order: Pick<Order, 'id'>, given: Partial<RefundRequest> = {}) =>
  refundOrder(deps(), {
    ...{ orderId: order.id, amount: null, reason: 'broken', actorId: owner, claim: null, ...given },
  });
/** The refund that an answer tells of. */
async function made(answer: ReturnType<typeof refund>) {
  const told = await answer;
  if (told.kind !== 'refund') throw new Error('repeated');
  return told.refund;
}
const conflict = (message: string) =>
  expect.objectContaining({ code: 'conflict', message: expect.stringContaining(message) });
/** What was paid for an order and went back, or is set aside. */
async function aside({ id }: Pick<Order, 'id'>): Promise<number> {
  const { refunded_amount } = await shop.db
    .selectFrom('payments')
    .select('refunded_amount')
    .where('order_id', '=', id)
    .executeTakeFirstOrThrow();
  return refunded_amount;
}
const unavailable = () => new ShopError('payment_provider_unavailable', 'Not now.');

describe('a refund', () => {
  it('gives all back that is left, and is in the books once it went', async () => {
    const order = await shop.paid();
    const before = await shop.counted('refunds', 'USD');
    const { id, ...told } = await made(refund(order));
    expect(told).toMatchObject({
      ...{ status: 'succeeded', amount: usd(1000), reason: 'broken', orderId: order.id },
    });
    expect(stripe.asked).toEqual([expect.stringMatching(/^refund 1000 of pi_/)]);
    expect((await getOrder(shop.db, null, order.id)).refundedTotal).toEqual(usd(1000));
    expect((await shop.money(order.id)).toSorted()).toEqual([
      'capture: 1000 sales → stripe_balance',
      'refund_requested: 1000 refunds_pending → sales',
      'refund_succeeded: 1000 stripe_balance → refunds_pending',
    ]);
    expect((await shop.events(order.id)).slice(3)).toEqual([
      ...['refund.requested', 'order.stock_released', 'refund.succeeded'],
    ]);
    expect(await shop.eventData(order.id, 'refund.requested')).toEqual({
      ...{ orderId: order.id, amount: usd(1000), origin: 'admin' },
    });
    expect(await shop.noted(order.id)).toEqual([
      ['refund.requested', { refundId: id, ...usd(1000) }],
    ]);
    expect(await shop.counted('refunds', 'USD')).toBe(before + 1000);
  });

  it('in parts never comes to more than was paid', async () => {
    const order = await shop.paid();
    await made(refund(order, { amount: usd(400) }));
    await expect(refund(order, { amount: usd(601) })).rejects.toThrow(
      conflict('At most $6.00 of this order can be refunded.'),
    );
    expect((await made(refund(order))).amount).toEqual(usd(600));
    for (const amount of [null, usd(1)])
      await expect(refund(order, { amount })).rejects.toThrow(conflict('At most $0.00'));
    expect(await aside(order)).toBe(1000);
    expect(await refundsOfOrder(shop.db, order.id)).toHaveLength(2);
  });

  it('of nothing, of an unpaid order, of none, or in another currency is refused', async () => {
    const order = await shop.paid();
    await expect(refund(order, { amount: usd(0) })).rejects.toThrow(conflict('At most $10.00'));
    const euros = { amount: 1, currency: 'EUR' };
    await expect(refund(order, { amount: euros })).rejects.toThrow(
      expect.objectContaining({
        errors: [{ path: 'amount.currency', message: 'The order was paid in USD.' }],
      }),
    );
    const unpaid = await shop.order();
    await expect(refund(unpaid)).rejects.toThrow(
      conflict(`Order ${unpaid.number} was not paid; nothing can be refunded.`),
    );
    await expect(refund({ id: newId() })).rejects.toThrow('The order was not found.');
    expect(stripe.asked).toEqual([]);
  });

  it('of money that came by other means is done by saying so', async () => {
    const order = await shop.order();
    await settleManually(shop, order.id, null);
    expect((await made(refund(order))).status).toBe('succeeded');
    expect(stripe.asked).toEqual([]);
    expect((await shop.money(order.id)).at(-1)).toBe(
      'refund_succeeded: 1000 manual_receipts → refunds_pending',
    );
  });

  it('under a key happens once, and is answered again as it was', async () => {
    const order = await shop.paid();
    const claim = { actorId: owner, route: 'refunds', key: newId(), fingerprint: 'a' };
    const first = await made(refund(order, { amount: usd(100), claim }));
    expect(await refund(order, { amount: usd(100), claim })).toEqual({
      ...{ kind: 'repeated', status: 201, body: JSON.stringify(first) },
    });
    expect([stripe.asked.length, await aside(order)]).toEqual([1, 100]);
  });

  it('whose answer was lost goes on from where it was, under its key', async () => {
    const order = await shop.paid();
    const claim = { actorId: owner, route: 'refunds', key: newId(), fingerprint: 'a' };
    stripe.failures.push(new Error('the process died'));
    await expect(refund(order, { amount: usd(100), claim })).rejects.toThrow('the process died');
    const again = await made(refund(order, { amount: usd(100), claim }));
    expect([again.status, await aside(order), stripe.asked.length]).toEqual(['succeeded', 100, 2]);
  });
});

describe('while Stripe cannot be reached', () => {
  it('a refund is pending, its money set aside, and a job sends it', async () => {
    const order = await shop.paid();
    stripe.failures.push(unavailable());
    const { id, status } = await made(refund(order, { amount: usd(300) }));
    expect([status, await aside(order)]).toEqual(['pending', 300]);
    expect(await shop.jobs(id)).toEqual([`send_refund refund:${id}`]);
    expect((await getOrder(shop.db, null, order.id)).refundedTotal).toEqual(usd(0));
    await sendRefund(deps(), id);
    expect((await refundsOfOrder(shop.db, order.id))[0]?.status).toBe('succeeded');
  });

  it('an order whose money all goes back is not sent, unless the refund fails', async () => {
    const order = await shop.paid();
    await made(refund(order, { amount: usd(300) }));
    stripe.failures.push(unavailable());
    const { id } = await made(refund(order));
    const send = () => advanceOrder(shop.db, order.id, 'fulfilled');
    await expect(send()).rejects.toThrow(
      expect.objectContaining({
        code: 'invalid_transition',
        message: 'All that was paid for this order goes back; it is not sent.',
      }),
    );
    stripe.failures.push(new StripeRefusal('The charge was disputed.'));
    await sendRefund(deps(), id);
    expect((await send()).status).toBe('fulfilled');
  });

  test.each<[string, Error]>([
    ['a fault of ours', new Error('a fault')],
    ['another refusal', new ShopError('conflict', 'no')],
  ])('%s is none of its', async (_what, failure) => {
    const order = await shop.paid();
    stripe.failures.push(failure);
    await expect(refund(order)).rejects.toThrow(failure.message);
  });
});

describe('what Stripe says of a refund', () => {
  it('that it refuses is told, and the money can be refunded again', async () => {
    const order = await shop.paid();
    stripe.failures.push(new StripeRefusal('The charge was disputed.'));
    await expect(refund(order)).rejects.toThrow(
      conflict('The refund was refused: The charge was disputed.'),
    );
    expect(await aside(order)).toBe(0);
    expect((await shop.money(order.id)).toSorted().at(-2)).toBe(
      'refund_failed: 1000 sales → refunds_pending',
    );
    expect((await shop.events(order.id)).at(-1)).toBe('refund.failed');
    expect((await made(refund(order))).status).toBe('succeeded');
  });

  it('that it failed without a word is told so, too', async () => {
    const order = await shop.paid();
    stripe.answerRefunds('failed');
    await expect(refund(order)).rejects.toThrow(conflict('Stripe could not complete it'));
    expect(await aside(order)).toBe(0);
  });

  it('that it is under way is waited for: it is looked for, not sent again', async () => {
    const order = await shop.paid();
    stripe.answerRefunds('pending');
    const { id, status } = await made(refund(order));
    expect([status, await aside(order)]).toEqual(['pending', 1000]);
    stripe.reset();
    const marks = newMarks();
    await withCorrelation('a job', () => sendRefund(deps(), id), marks);
    expect([stripe.asked, [...marks.orders]]).toEqual([[`find refund ${id}`], [order.id]]);
    expect((await refundsOfOrder(shop.db, order.id))[0]?.status).toBe('pending');
    stripe.known.refunds.set(id, { providerRefundId: `re_${id}`, status: 'succeeded' });
    await sendRefund(deps(), id);
    expect((await refundsOfOrder(shop.db, order.id))[0]?.status).toBe('succeeded');
  });

  it('is asked no more once it is done', async () => {
    const order = await shop.paid();
    const { id } = await made(refund(order));
    const before = await shop.counted('refunds');
    await sendRefund(deps(), id);
    expect([stripe.asked.length, await shop.counted('refunds')]).toEqual([1, before]);
    await expect(sendRefund(deps(), newId())).rejects.toThrow('The refund was not found.');
  });

  describe('that it was sent a day ago', () => {
    async function sentLongAgo() {
      const order = await shop.paid();
      stripe.failures.push(unavailable());
      const { id } = await made(refund(order));
      const sent_at = sql<Date>`now() - interval '23 hours 1 minute'`;
      await shop.db.updateTable('refunds').set({ sent_at }).where('id', '=', id).execute();
      stripe.reset();
      return { order, id };
    }

    it('is looked for first, as its key may be forgotten', async () => {
      const { order, id } = await sentLongAgo();
      stripe.known.refunds.set(id, { providerRefundId: `re_${id}`, status: 'succeeded' });
      await sendRefund(deps(), id);
      expect(stripe.asked).toEqual([`find refund ${id}`]);
      expect((await refundsOfOrder(shop.db, order.id))[0]?.status).toBe('succeeded');
    });

    it('is sent anew where it is not there, with a new life of its key', async () => {
      const { id } = await sentLongAgo();
      await sendRefund(deps(), id);
      expect(stripe.asked).toEqual([
        ...[`find refund ${id}`, expect.stringMatching(/^refund 1000 of/)],
      ]);
      const row = await shop.db
        .selectFrom('refunds')
        .select('sent_at')
        .where('id', '=', id)
        .executeTakeFirst();
      expect(Date.now() - Number(row?.sent_at)).toBeLessThan(60_000);
    });
  });
});

describe('money that paid for no order', () => {
  it('goes back without counting as refunded of the order', async () => {
    const order = await shop.paid();
    expect((await shop.capture(order)).kind).toBe('given_back');
    const [twice] = await refundsOfOrder(shop.db, order.id);
    await sendRefund(deps(), String(twice?.id));
    expect((await refundsOfOrder(shop.db, order.id))[0]?.status).toBe('succeeded');
    expect((await getOrder(shop.db, null, order.id)).refundedTotal).toEqual(usd(0));
    expect((await shop.money(order.id)).toSorted().at(-1)).toBe(
      'refund_succeeded: 1000 stripe_balance → refunds_pending',
    );
  });
});

describe('money of a payment', () => {
  it('is set aside no more often than it came, whoever asks', async () => {
    const order = await shop.paid();
    const payment = await shop.db
      .selectFrom('payments')
      .select('id')
      .where('order_id', '=', order.id)
      .executeTakeFirstOrThrow();
    const request = (amount: number) =>
      inTransaction(shop.db, (tx) =>
        requestRefund(tx, {
          ...{ paymentId: payment.id, amount, origin: 'provider', reason: '', actorId: null },
        }),
      );
    await request(1000);
    await expect(request(1)).rejects.toThrow(conflict('More would be refunded than was paid.'));
  });
});
