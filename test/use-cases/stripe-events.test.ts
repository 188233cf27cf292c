import { sql } from 'kysely';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { cancelOrder } from '../../src/modules/orders/orders.service.ts';
import { receiveEvent } from '../../src/modules/payments/receive-event.service.ts';
import { refundsOfOrder } from '../../src/modules/payments/refunds.service.ts';
import { applyEvent, getEvent, listEvents } from '../../src/modules/payments/webhooks.service.ts';
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

describe('an event', () => {
  it('is kept once, however often it comes, and a job applies it', async () => {
    const type = 'checkout.session.expired' as const;
    const event = { id: `evt_${newId()}`, type, livemode: false };
    const receive = () => receiveEvent(paying.deps, event, '{}');
    expect([await receive(), await receive()]).toEqual(['received', 'duplicate']);
    expect(await shop.jobs(event.id)).toEqual([`apply_stripe_event stripe_event:${event.id}`]);
  });

  test.each([
    [true, 'test' as const, 'a live event, for a test key'],
    [false, 'live' as const, 'a test event, for a live key'],
  ])('of livemode %s is kept and ignored by a shop with a %s key', async (livemode, mode, note) => {
    const event = { id: `evt_${newId()}`, type: 'invoice.paid' as const, livemode };
    const receive = () => receiveEvent({ ...paying.deps, stripe: { mode } }, event, '{}');
    paying.logged.length = 0;
    expect([await receive(), await receive()]).toEqual(['ignored', 'duplicate']);
    expect(paying.logged).toMatchObject([
      { level: 40, msg: `stripe event ignored: ${note}`, eventId: event.id, type: event.type },
    ]);
    expect(await getEvent(shop.db, event.id)).toMatchObject({ state: 'ignored', note });
    expect(await shop.jobs(event.id)).toEqual([]);
  });

  it('is applied once', async () => {
    const { order, session } = await paying.onPage();
    const id = `evt_${newId()}`;
    const before = [await paying.outcomes('applied'), await shop.counted('revenue', 'USD')];
    await paying.happen('checkout.session.completed', session, id);
    await applyEvent(paying.deps, id);
    expect([await paying.outcomes('applied'), await shop.counted('revenue', 'USD')]).toEqual([
      ...[Number(before[0]) + 1, Number(before[1]) + 1000],
    ]);
    expect(await paying.payments(order)).toHaveLength(1);
    await expect(applyEvent(paying.deps, 'evt_none')).resolves.toBeUndefined();
    await expect(getEvent(shop.db, 'evt_none')).rejects.toThrow('The event was not found.');
  });

  it('of a type that nothing follows is kept and ignored, without a job', async () => {
    const event = { id: `evt_${newId()}`, type: 'invoice.paid' as const, livemode: false };
    const receive = () => receiveEvent(paying.deps, event, '{}');
    paying.logged.length = 0;
    expect([await receive(), await receive()]).toEqual(['ignored', 'duplicate']);
    expect(paying.logged).toEqual([]);
    const note = 'no part of the shop follows this type';
    const ignored = { state: 'ignored', note, settled_at: expect.any(Date) };
    expect(await getEvent(shop.db, event.id)).toMatchObject(ignored);
    expect(await shop.jobs(event.id)).toEqual([]);
    // A version that kept it for a job left it to this one.
    const left = { state: 'received', note: null, settled_at: null } as const;
    await shop.db
      .updateTable('webhook_events')
      .set(left)
      .where('event_id', '=', event.id)
      .execute();
    await applyEvent(paying.deps, event.id);
    expect(await getEvent(shop.db, event.id)).toMatchObject(ignored);
  });

  it('that cannot be applied is counted as failed, says why, and stays open', async () => {
    const id = `evt_${newId()}`;
    const before = await paying.outcomes('failed');
    const broken = { id, type: 'payment_intent.succeeded', livemode: false, data: {} };
    await receiveEvent(paying.deps, broken as unknown as Stripe.Event, JSON.stringify(broken));
    await expect(applyEvent(paying.deps, id)).rejects.toThrow(TypeError);
    expect(await getEvent(shop.db, id)).toMatchObject({
      ...{ state: 'received', attempts: 1, note: expect.stringContaining('metadata') },
    });
    expect(await paying.outcomes('failed')).toBe(before + 1);
  });

  it('is found among those of its state', async () => {
    await paying.happen('invoice.paid', {});
    const { data } = await listEvents(shop.db, { state: 'ignored' }, { limit: 100 });
    expect(new Set(data.map(({ state }) => state))).toEqual(new Set(['ignored']));
  });
});

describe('a payment page', () => {
  test.each(['checkout.session.completed', 'checkout.session.async_payment_succeeded'])(
    'that was paid settles its order: %s',
    async (type) => {
      const { order, session, checkoutId } = await paying.onPage();
      expect(await paying.happen(type, session)).toBe('applied');
      expect([await paying.status(order), await paying.pageStatus(checkoutId)]).toEqual([
        'paid',
        'completed',
      ]);
      expect(await paying.happen(type, session)).toBe('applied: this payment was settled before');
    },
  );

  it('of a session that was never heard of is known by our own id', async () => {
    const { order, session } = await paying.onPage();
    expect(await paying.happen('checkout.session.completed', { ...session, id: 'cs_lost' })).toBe(
      'applied',
    );
    expect(await paying.status(order)).toBe('paid');
  });

  it('without metadata is known by its session, and its order by the reference', async () => {
    const { order, session } = await paying.onPage();
    expect(await paying.happen('checkout.session.completed', { ...session, metadata: null })).toBe(
      'applied',
    );
    expect(await paying.status(order)).toBe('paid');
  });

  it('with its payment expanded is the same', async () => {
    const { order, session, intentId } = await paying.onPage();
    const expanded = { ...session, payment_intent: { id: intentId } };
    expect(await paying.happen('checkout.session.completed', expanded)).toBe('applied');
    expect((await paying.payments(order))[0]?.providerPaymentId).toBe(intentId);
  });

  it('whose money is still under way settles nothing yet', async () => {
    const { order, session } = await paying.onPage();
    const unpaid = { ...session, payment_status: 'unpaid' };
    expect(await paying.happen('checkout.session.completed', unpaid)).toBe(
      'ignored: the session is not paid yet',
    );
    expect(await paying.status(order)).toBe('pending');
  });

  test.each([
    ['payment_intent', null],
    ['amount_total', null],
    ['currency', null],
  ])('that was paid without %s is parked', async (field, value) => {
    const { order, session } = await paying.onPage();
    const before = await paying.outcomes('parked');
    expect(await paying.happen('checkout.session.completed', { ...session, [field]: value })).toBe(
      'parked: paid, but without payment intent, amount or currency',
    );
    expect([await paying.status(order), await paying.outcomes('parked')]).toEqual([
      'pending',
      before + 1,
    ]);
  });

  it('that names another order than it was opened for is parked', async () => {
    const { order, session, checkoutId } = await paying.onPage();
    const other = await shop.order();
    const metadata = { order_id: other.id, checkout_id: checkoutId };
    expect(await paying.happen('checkout.session.completed', { ...session, metadata })).toBe(
      `parked: the event names order ${other.id}, its session was opened for ${order.id}`,
    );
    expect([await paying.status(order), await paying.status(other)]).toEqual([
      'pending',
      'pending',
    ]);
  });

  it('that is parked is shouted about: in the log, and in the story of its order', async () => {
    const { order, session } = await paying.onPage();
    const id = `evt_${newId()}`;
    paying.logged.length = 0;
    await paying.happen('checkout.session.completed', { ...session, amount_total: 1 }, id);
    const note = `captured 1 USD, but order ${order.id} costs 1000 USD`;
    expect(paying.logged).toMatchObject([
      { level: 50, msg: 'stripe event parked', eventId: id, note },
    ]);
    expect(paying.found.marks).toMatchObject({ code: 'parked', orders: new Set([order.id]) });
  });

  it('that is applied is found in the story of its order, and nothing is shouted', async () => {
    const [paid, declined, over] = [
      await paying.onPage(),
      await paying.onPage(),
      await paying.onPage(),
    ];
    paying.logged.length = 0;
    for (const [type, object, order] of [
      ['payment_intent.succeeded', paid.intent, paid.order],
      ['payment_intent.payment_failed', declined.intent, declined.order],
      ['checkout.session.expired', over.session, over.order],
    ] as const) {
      await paying.happen(type, object);
      expect(paying.found.marks).toMatchObject({ code: null, orders: new Set([order.id]) });
    }
    expect(paying.logged).toEqual([]);
  });

  it('is timed from its arrival to its end, in seconds, by the database’s clock', async () => {
    const sum = async () => {
      const { values } = await shop.metrics.webhookLag.get();
      return values.find(({ metricName }) => metricName?.endsWith('_sum'))?.value ?? 0;
    };
    const id = `evt_${newId()}`;
    const type = 'checkout.session.expired' as const;
    const event = { id, type, livemode: false, data: { object: { id: 'cs_none' } } };
    await receiveEvent(paying.deps, event, JSON.stringify(event));
    const before = await sum();
    await shop.db
      .updateTable('webhook_events')
      .set({ received_at: sql<Date>`now() - interval '100 seconds'` })
      .where('event_id', '=', id)
      .execute();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 300_000 });
    onTestFinished(() => void vi.useRealTimers());
    await applyEvent(paying.deps, id);
    expect((await sum()) - before).toBeGreaterThanOrEqual(100);
    expect((await sum()) - before).toBeLessThan(200);
  });

  it('that is not ours is parked with its money, and ignored where it expires', async () => {
    const { session } = await paying.onPage();
    const foreign = { ...session, id: 'cs_foreign', metadata: { checkout_id: newId() } };
    expect(await paying.happen('checkout.session.completed', foreign)).toBe(
      'parked: money for a session that this shop did not open',
    );
    const bare = { ...foreign, metadata: null };
    expect(await paying.happen('checkout.session.expired', bare)).toBe(
      'ignored: not a session of this shop',
    );
  });

  // Whoever shares the account with us writes what they like into metadata of the same name.
  test.each([
    ['checkout.session.completed', 'parked: money for a session that this shop did not open'],
    ['payment_intent.succeeded', 'parked: money for a session that this shop did not open'],
    ['checkout.session.expired', 'ignored: not a session of this shop'],
    ['payment_intent.payment_failed', 'ignored: not a payment of this shop'],
  ])('whose metadata are another program’s is not ours: %s', async (type, expected) => {
    const { session, intent } = await paying.onPage();
    const object = type.startsWith('checkout') ? { ...session, id: 'cs_foreign_2' } : intent;
    expect(await paying.happen(type, { ...object, metadata: { checkout_id: '17' } })).toBe(
      expected,
    );
  });

  it('with another amount is parked, and says what would have been right', async () => {
    const { order, session } = await paying.onPage();
    expect(await paying.happen('checkout.session.completed', { ...session, amount_total: 1 })).toBe(
      `parked: captured 1 USD, but order ${order.id} costs 1000 USD`,
    );
  });

  it('of an order that was cancelled gives the money back', async () => {
    const { order, session } = await paying.onPage();
    await cancelOrder(shop.db, null, order.id);
    expect(await paying.happen('checkout.session.completed', session)).toBe(
      'applied: given back: closed',
    );
    expect(await refundsOfOrder(shop.db, order.id)).toMatchObject([
      { amount: usd(1000), reason: 'closed' },
    ]);
  });

  it('that ran out is over', async () => {
    const { order, session, checkoutId } = await paying.onPage();
    expect(await paying.happen('checkout.session.expired', session)).toBe('applied');
    expect([await paying.pageStatus(checkoutId), await paying.status(order)]).toEqual([
      'expired',
      'pending',
    ]);
    const lost = await paying.onPage();
    await paying.happen('checkout.session.expired', { ...lost.session, id: 'cs_lost_2' });
    expect(await paying.pageStatus(lost.checkoutId)).toBe('expired');
  });
});
