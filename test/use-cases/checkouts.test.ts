import { sql } from 'kysely';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import type { Order } from '../../src/modules/orders/orders.model.ts';
import { cancelOrder } from '../../src/modules/orders/orders.service.ts';
import { closeCheckouts, startCheckout } from '../../src/modules/payments/checkout.service.ts';
import { finishCheckout } from '../../src/modules/payments/finish-checkout.service.ts';
import { promiseManualPayment } from '../../src/modules/payments/manual-payments.service.ts';
import { StripeRefusal } from '../../src/modules/payments/stripe.gateway.ts';
import { newId } from '../../src/shared/ids.ts';
import { newMarks, withCorrelation } from '../../src/telemetry/context.ts';
import { payingAt } from './paying.ts';
import { askedOfStripe } from './stripe.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
let paying: ReturnType<typeof payingAt>;
const stripe = askedOfStripe();
beforeAll(async () => {
  shop = await openBareShop();
  paying = payingAt(shop);
});
beforeEach(() => stripe.reset());
afterAll(() => shop.drop());

const deps = () => ({
  ...{ db: shop.db, metrics: shop.metrics, stripe: stripe.gateway },
  publicUrl: 'https://shop.example',
});
const start = ({ id }: Pick<Order, 'id'>, owner: string | null = null) =>
  startCheckout(deps(), owner, id);
const conflict = (message: string) => expect.objectContaining({ code: 'conflict', message });
const rows = ({ id }: Pick<Order, 'id'>) =>
  shop.db
    .selectFrom('checkout_sessions')
    .selectAll()
    .where('order_id', '=', id)
    .orderBy('id')
    .execute();
/** Changes every checkout of an order. */
const age = (
  { id }: Pick<Order, 'id'>,
  set: { created_at?: string; expires_at?: string; status?: 'creating' },
) =>
  shop.db
    .updateTable('checkout_sessions')
    .set({
      ...(set.created_at && {
        created_at: sql<Date>`now() - ${sql.lit(set.created_at)}::interval`,
      }),
      ...(set.expires_at && {
        expires_at: sql<Date>`now() - ${sql.lit(set.expires_at)}::interval`,
      }),
      ...(set.status && { status: set.status, stripe_session_id: null, url: null }),
    })
    .where('order_id', '=', id)
    .execute();
const opened = () => shop.counted('purchaseSteps', 'payment_opened');

describe('the payment page of an order', () => {
  it('asks for what was sold, at the order’s prices, for half an hour and a minute', async () => {
    const items = [
      { variantId: (await shop.product({ prices: [700] })).variantId, quantity: 3 },
      { variantId: (await shop.product({ prices: [5] })).variantId, quantity: 1 },
    ];
    const order = await shop.order({ items });
    const before = await opened();
    const checkout = await start(order);
    const [row] = await rows(order);
    expect(stripe.requests).toEqual([
      {
        ...{ checkoutId: row?.id, orderId: order.id, orderNumber: order.number },
        ...{ email: order.email, currency: 'USD', expiresAt: row?.expires_at },
        lines: order.items.map(({ title, quantity, unitPrice }) => ({
          ...{ title, quantity, unitAmount: unitPrice.amount },
        })),
        successUrl: `https://shop.example/orders/${order.id}?paid=1`,
        cancelUrl: `https://shop.example/orders/${order.id}`,
      },
    ]);
    expect(checkout).toEqual({
      ...{ orderId: order.id, sessionId: `cs_${row?.id}`, url: 'https://pay.example' },
      expiresAt: row?.expires_at.toISOString(),
    });
    expect(row).toMatchObject({
      status: 'open',
      amount: 2105,
      currency: 'USD',
      email: order.email,
    });
    expect(Number(row?.expires_at) - Number(row?.created_at)).toBe(31 * 60_000);
    expect(await opened()).toBe(before + 1);
  });

  it('is the one that is open, for whoever asks again', async () => {
    const order = await shop.order();
    const first = await start(order);
    const marks = newMarks();
    expect(await withCorrelation('a request', () => start(order), marks)).toEqual(first);
    expect([...marks.orders]).toEqual([order.id]);
    expect(stripe.asked).toHaveLength(1);
  });

  it('is another once the first ran out', async () => {
    const order = await shop.order();
    const first = await start(order);
    await age(order, { expires_at: '1 second' });
    expect((await start(order)).sessionId).not.toBe(first.sessionId);
    expect((await rows(order)).map(({ status }) => status)).toEqual(['expired', 'open']);
  });

  it('is its owner’s alone', async () => {
    const customerId = await shop.person();
    const order = await shop.order({ customerId });
    await expect(start(order, await shop.person())).rejects.toThrow('The order was not found.');
    expect((await start(order, customerId)).orderId).toBe(order.id);
  });

  test.each<[string, (order: Order) => Promise<unknown>, string]>([
    ['was paid', (order) => shop.capture(order), 'This order is paid; it cannot be paid.'],
    [
      'was cancelled',
      ({ id }) => cancelOrder(shop.db, null, id),
      'This order is cancelled; it cannot be paid.',
    ],
    [
      'expired',
      (order) => shop.expire(order),
      'The reservation of this order ran out: place a new order.',
    ],
    [
      'is about to expire',
      (order) => shop.expire(order, { sweep: false }),
      'The reservation of this order ran out: place a new order.',
    ],
  ])('does not open for one that %s', async (_how, make, message) => {
    const order = await shop.order();
    await make(order);
    await expect(start(order)).rejects.toThrow(conflict(message));
    expect(stripe.asked).toEqual([]);
  });

  it('is not needed for what costs nothing: it is paid at once', async () => {
    const customerId = await shop.person();
    const { variantId } = await shop.product({ prices: [0] });
    const order = await shop.order({ customerId, items: [{ variantId, quantity: 1 }] });
    expect(await start(order, customerId)).toEqual({
      ...{ orderId: order.id, sessionId: `free_${order.id}` },
      url: `https://shop.example/orders/${order.id}?paid=1`,
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect([await paying.status(order), stripe.asked]).toEqual(['paid', []]);
  });

  it('is not needed either by whoever asks for the same at once, or again', async () => {
    const customerId = await shop.person();
    const { variantId } = await shop.product({ prices: [0] });
    const order = await shop.order({ customerId, items: [{ variantId, quantity: 1 }] });
    const ask = () => start(order, customerId);
    const [first, ...others] = [...(await Promise.all([ask(), ask(), ask()])), await ask()];
    expect(others).toEqual([first, first, first]);
    expect(await paying.payments(order)).toHaveLength(1);
  });

  it('that Stripe refuses is told why, and the next one is another', async () => {
    const order = await shop.order();
    stripe.failures.push(new StripeRefusal('no such currency'));
    await expect(start(order)).rejects.toThrow(
      conflict('The payment page could not be opened: no such currency'),
    );
    await start(order);
    expect((await rows(order)).map(({ status }) => status)).toEqual(['failed', 'open']);
  });

  it('is asked for once where Stripe refuses it, however far this machine’s clock is from the database’s', async () => {
    const order = await shop.order();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_000 });
    onTestFinished(() => void vi.useRealTimers());
    stripe.failures.push(new StripeRefusal('no such currency'));
    await expect(start(order)).rejects.toThrow(conflict(expect.stringContaining('no such')));
    expect(stripe.asked).toHaveLength(1);
  });

  it('is given again while it is open, and another once it is over, by the database’s clock', async () => {
    const order = await shop.order();
    const first = await start(order);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3600_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await start(order)).toEqual(first);
    await age(order, { expires_at: '1 second' });
    vi.setSystemTime(Date.now() - 7200_000);
    expect((await start(order)).sessionId).not.toBe(first.sessionId);
  });

  it('whose answer was lost is asked for again by the same words', async () => {
    const order = await shop.order();
    stripe.failures.push(new Error('lost'));
    await expect(start(order)).rejects.toThrow('lost');
    await start(order);
    expect(stripe.requests[1]).toEqual(stripe.requests[0]);
    expect(await rows(order)).toHaveLength(1);
  });

  it('that was begun a while ago and is refused now, as its end is near, is another at once', async () => {
    const order = await shop.order();
    stripe.failures.push(new Error('lost'), new StripeRefusal('expires_at is too soon'));
    await expect(start(order)).rejects.toThrow('lost');
    await age(order, { created_at: '21 seconds' });
    await start(order);
    expect((await rows(order)).map(({ status }) => status)).toEqual(['failed', 'open']);
    expect(stripe.asked).toHaveLength(3);
  });

  it('that was closed while it was opened leads nowhere', async () => {
    const order = await shop.order();
    const { gateway } = stripe;
    const closing = {
      ...gateway,
      async openSession(request: Parameters<typeof gateway.openSession>[0]) {
        await shop.db
          .updateTable('checkout_sessions')
          .set({ status: 'expired' })
          .where('id', '=', request.checkoutId)
          .execute();
        return gateway.openSession(request);
      },
    };
    await expect(startCheckout({ ...deps(), stripe: closing }, null, order.id)).rejects.toThrow(
      conflict('This order was closed while its payment page was opened.'),
    );
  });
});

describe('orders that need no more money', () => {
  it('have their pages shut at Stripe and here, and what was announced called off', async () => {
    const [order, other] = [await shop.order(), await shop.order()];
    for (const one of [order, other]) await start(one);
    const promise = { orderId: order.id, amount: null, claim: null };
    await promiseManualPayment(shop.db, null, promise);
    await cancelOrder(shop.db, null, order.id);
    stripe.reset();
    await closeCheckouts(deps(), [order.id]);
    const [row] = await rows(order);
    expect([stripe.asked, row?.status]).toEqual([[`close cs_${row?.id}`], 'expired']);
    expect((await paying.payments(order))[0]).toMatchObject({
      status: 'cancelled',
      amount: usd(1000),
    });
    expect((await rows(other))[0]?.status).toBe('open');
  });

  it('have their pages shut also where Stripe says that they are over', async () => {
    const order = await shop.order();
    await start(order);
    stripe.failures.push(new StripeRefusal('already complete'));
    await closeCheckouts(deps(), [order.id]);
    expect((await rows(order))[0]?.status).toBe('expired');
  });

  it('keep their pages open until Stripe can be reached', async () => {
    const order = await shop.order();
    await start(order);
    stripe.failures.push(new Error('unreachable'));
    await expect(closeCheckouts(deps(), [order.id])).rejects.toThrow('unreachable');
    expect((await rows(order))[0]?.status).toBe('open');
  });
});

describe('a page that was asked for without an answer', () => {
  /** The id of such a page of an order. */
  async function unanswered(order: Order, askedAgo?: string): Promise<string> {
    stripe.failures.push(new Error('lost'));
    await expect(start(order)).rejects.toThrow('lost');
    if (askedAgo) await age(order, { created_at: askedAgo });
    stripe.reset();
    return String((await rows(order))[0]?.id);
  }

  it('is asked for again and opens, where the order still waits', async () => {
    const order = await shop.order();
    const id = await unanswered(order);
    const marks = newMarks();
    await withCorrelation('a job', () => finishCheckout(deps(), id), marks);
    expect([stripe.asked, (await rows(order))[0]?.status]).toEqual([[`open ${id}`], 'open']);
    expect([...marks.orders]).toEqual([order.id]);
    await finishCheckout(deps(), id);
    await finishCheckout(deps(), newId());
    expect(stripe.asked).toHaveLength(1);
  });

  it('is asked for again and shut, where the order is closed meanwhile', async () => {
    const order = await shop.order();
    const id = await unanswered(order);
    await cancelOrder(shop.db, null, order.id);
    await finishCheckout(deps(), id);
    expect([stripe.asked, (await rows(order))[0]?.status]).toEqual([
      ...[[`open ${id}`, `close cs_${id}`], 'expired'],
    ]);
  });

  it('was never made where Stripe refuses it now', async () => {
    const order = await shop.order();
    const id = await unanswered(order);
    stripe.failures.push(new StripeRefusal('expires_at is too soon'));
    await finishCheckout(deps(), id);
    expect((await rows(order))[0]?.status).toBe('failed');
  });

  it('stays as it is while Stripe cannot be reached', async () => {
    const order = await shop.order();
    const id = await unanswered(order);
    stripe.failures.push(new Error('unreachable'));
    await expect(finishCheckout(deps(), id)).rejects.toThrow('unreachable');
    expect((await rows(order))[0]?.status).toBe('creating');
  });

  it('a day ago is looked for, as its key may be forgotten; it is over, or was never made', async () => {
    const [found, missing] = [await shop.order(), await shop.order()];
    const id = await unanswered(found, '24 hours');
    const session = { sessionId: 'cs_found', url: '', expiresAt: new Date(0) };
    stripe.known.sessions.set(id, session);
    await finishCheckout(deps(), id);
    expect(stripe.asked).toEqual([`find ${id}`]);
    expect((await rows(found))[0]).toMatchObject({
      status: 'expired',
      stripe_session_id: 'cs_found',
    });
    await finishCheckout(deps(), await unanswered(missing, '24 hours'));
    expect((await rows(missing))[0]?.status).toBe('failed');
  });
});
