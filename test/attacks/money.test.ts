import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createApi } from '../support/api.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { completedEvent, signedEvent } from '../support/stripe-events.ts';
import { until } from '../support/until.ts';

/** Requests alternate between two processes on one database. */
describe('money, attacked through two processes', () => {
  let shop: Fleet;
  beforeAll(async () => {
    shop = await startFleet();
  });
  afterEach(async () => {
    await shop.fault({ clear: true });
    await expectCleanAudit(shop.db);
  });
  afterAll(() => shop.stop());

  const times = <T>(count: number, act: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => act(index)));
  const statuses = (answers: readonly Answer[], status: number) =>
    answers.filter((answer) => answer.status === status).length;
  const order = async (price = 2000) => {
    const product = await shop.product({ price, stock: 10 });
    const customer = await shop.customer();
    const { body } = await shop.order(customer.token, product.variantId);
    const read = async () =>
      (await shop.api('GET', `/api/orders/${body.id}`, { token: customer.token })).body;
    return { product, token: customer.token, id: String(body.id), read };
  };
  type Placed = Awaited<ReturnType<typeof order>>;
  const checkout = async ({ token, id }: Placed) =>
    (await shop.api('POST', '/api/checkout', { token, body: { orderId: id } })).body;
  const isPaid = async ({ read }: Placed) => (await read()).status === 'paid';
  // Stripe takes the first answer, and comes again later.
  const deliver = (event: object) =>
    createApi(shop.next, shop.standInUrl, shop.admin).api(
      'POST',
      '/api/webhooks/stripe',
      signedEvent(event),
    );
  const stateOf = async (eventId: string) =>
    (
      await shop.db
        .selectFrom('webhook_events')
        .select('state')
        .where('event_id', '=', eventId)
        .executeTakeFirst()
    )?.state;
  const eventsOf = async ({ id }: Placed) => {
    const { body } = await shop.api('GET', `/api/orders/${id}/events`, {
      token: await shop.adminToken(),
    });
    return body.data.map(({ type }: { type: string }) => type);
  };
  const paid = async (price = 2000) => {
    const placed = await order(price);
    const { sessionId } = await shop.pay(placed.token, placed.id);
    return { ...placed, sessionId };
  };

  it('one payment told in 100 deliveries of 10 events, last first, pays once (Vendure #2620, Pinelab #620)', async () => {
    const placed = await order();
    const { sessionId } = await checkout(placed);
    const first = await completedEvent(shop.db, placed.id, sessionId);
    const events = Array.from({ length: 10 }, (_, index) => ({
      ...first,
      id: `${first.id}_${index}`,
    })).reverse();
    const answers = await times(100, (index) => deliver(events[index % 10] ?? first));
    expect(statuses(answers, 200)).toBe(100);
    for (const { id } of events) await until(async () => (await stateOf(id)) === 'applied');
    expect(await eventsOf(placed)).toEqual(['order.placed', 'payment.captured', 'order.paid']);
    const { body } = await shop.api('GET', `/api/payments?orderId=${placed.id}`, {
      token: placed.token,
    });
    expect(body.data).toHaveLength(1);
  });

  it('a payment whose webhook comes before Stripe’s answer to opening the page pays, and leaves no page open (Medusa #13301, Vendure #3411)', async () => {
    const placed = await order();
    await shop.fault({ timeoutAfterWork: true, match: 'POST /v1/checkout/sessions' });
    const opening = shop.api('POST', '/api/checkout', {
      token: placed.token,
      body: { orderId: placed.id },
    });
    const session = await newestSession(placed.id);
    await shop.payAtStandIn(session);
    await until(() => isPaid(placed));
    await shop.fault({ clear: true });
    expect([409, 503]).toContain((await opening).status);
    const live = await shop.db
      .selectFrom('checkout_sessions')
      .select('status')
      .where('order_id', '=', placed.id)
      .where('status', 'in', ['creating', 'open'])
      .execute();
    expect(live).toEqual([]);
  });

  it('a session for a cheap order does not pay a dear one (EverShop: payment bypass)', async () => {
    const [cheap, dear] = [await order(100), await order(90_000)];
    const bought = await checkout(cheap);
    await checkout(dear);
    const events = [
      { metadata: { order_id: dear.id } },
      { metadata: { order_id: dear.id }, client_reference_id: dear.id },
      { metadata: { order_id: dear.id }, amount_total: 90_000 },
      { id: 'cs_unknown', metadata: { order_id: dear.id, checkout_id: crypto.randomUUID() } },
    ];
    for (const change of events) {
      const event = await completedEvent(shop.db, cheap.id, bought.sessionId, change);
      expect((await deliver(event)).status).toBe(200);
      await until(async () => (await stateOf(event.id)) === 'parked');
    }
    const stolen = await completedEvent(shop.db, dear.id, bought.sessionId, { amount_total: 100 });
    await deliver(stolen);
    await until(async () => (await stateOf(stolen.id)) === 'parked');
    expect([(await cheap.read()).status, (await dear.read()).status]).toEqual([
      'pending',
      'pending',
    ]);
  });

  it('an event that cannot be kept is answered 5xx and taken at its redelivery (Medusa, Spree: 200, and forgotten)', async () => {
    const placed = await order();
    const { sessionId } = await checkout(placed);
    await sql`
      CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$`.execute(
      shop.db,
    );
    await sql`
      CREATE TRIGGER full_disk BEFORE INSERT ON webhook_events
      FOR EACH ROW EXECUTE FUNCTION full_disk()`.execute(shop.db);
    const event = await completedEvent(shop.db, placed.id, sessionId);
    const refused = await deliver(event);
    await shop.payAtStandIn(sessionId);
    await sql`DROP FUNCTION full_disk CASCADE`.execute(shop.db);
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(await stateOf(event.id)).toBeUndefined();
    await shop.flushWebhooks();
    await until(() => isPaid(placed));
  });

  it('a payment told five days late pays where the units are still there, and goes back where they are not', async () => {
    const [here, gone] = [await order(), await order()];
    const late: string[] = [];
    for (const placed of [here, gone]) {
      const { sessionId } = await checkout(placed);
      await shop.fault({ delayMs: 600_000 });
      await shop.payAtStandIn(sessionId);
      await shop.db
        .updateTable('orders')
        .set({
          created_at: sql`now() - interval '5 days'`,
          reserved_until: sql`now() - interval '5 days'`,
        })
        .where('id', '=', placed.id)
        .execute();
      await until(async () => (await placed.read()).status === 'expired');
      late.push(sessionId);
    }
    const other = await shop.customer();
    expect((await shop.order(other.token, gone.product.variantId, 10)).status).toBe(201);
    await shop.flushWebhooks();
    await until(() => isPaid(here));
    await until(async () => (await shop.chargesOf(late[1] ?? ''))[0]?.amountRefunded === 2000);
    expect((await gone.read()).status).toBe('expired');
    expect(await shop.available(here.product)).toBe(9);
  });

  it('two payment pages of one order, both paid at once: one pays, the other’s money goes back (Vendure #2620, Saleor #19220)', async () => {
    const placed = await order();
    const [first, second] = await twoPages(placed);
    await shop.fault({ delayMs: 600_000 });
    await Promise.all([shop.payAtStandIn(first), shop.payAtStandIn(second)]);
    await shop.flushWebhooks();
    await until(async () => {
      const charges = [...(await shop.chargesOf(first)), ...(await shop.chargesOf(second))];
      return charges.reduce((sum, charge) => sum + charge.amountRefunded, 0) === 2000;
    });
    expect(await placed.read()).toMatchObject({ status: 'paid', refundedTotal: { amount: 0 } });
  });

  it('a payment on an older page closes the newer one', async () => {
    const placed = await order();
    const [first, second] = await twoPages(placed);
    await shop.payAtStandIn(first);
    await until(() => isPaid(placed));
    await until(async () => (await sessionAt(second)).status === 'expired');
    expect((await shop.payAtStandIn(second)).status).toBe(409);
  });

  it('a payment on a page that the shop never heard of, and that ran out since, pays all the same', async () => {
    const placed = await order();
    await shop.fault({ timeoutAfterWork: 'drop', match: 'POST /v1/checkout/sessions' });
    expect((await checkout(placed)).status).toBe(503);
    await shop.fault({ clear: true });
    const unheard = await newestSession(placed.id);
    await shop.db
      .updateTable('checkout_sessions')
      .set({ expires_at: sql`now()` })
      .where('order_id', '=', placed.id)
      .execute();
    const { sessionId } = await checkout(placed);
    expect(sessionId).not.toBe(unheard);
    await shop.payAtStandIn(unheard);
    await until(() => isPaid(placed));
    await until(async () => (await sessionAt(sessionId)).status === 'expired');
  });

  it('the last of a payment, refunded 50 times at once, goes back once (Vendure: refunds without a key; EverShop: no balance)', async () => {
    const { id, sessionId, read } = await paid();
    const token = await shop.adminToken();
    const answers = await times(50, () =>
      shop.api('POST', `/api/orders/${id}/refunds`, { token, body: {} }),
    );
    expect([statuses(answers, 201), statuses(answers, 409)]).toEqual([1, 49]);
    await until(async () => (await read()).refundedTotal.amount === 2000);
    expect(await shop.chargesOf(sessionId)).toMatchObject([{ amountRefunded: 2000 }]);
  });

  it('a refund whose answer from Stripe is lost twice is made once (Vendure: refunds without a key)', async () => {
    const { id, sessionId, read } = await paid();
    await shop.fault({ timeoutAfterWork: 'drop', times: 2, match: 'POST /v1/refunds' });
    await shop.api('POST', `/api/orders/${id}/refunds`, {
      token: await shop.adminToken(),
      body: { amount: { amount: 500, currency: 'USD' } },
    });
    await until(async () => (await read()).refundedTotal.amount === 500);
    expect(await shop.chargesOf(sessionId)).toMatchObject([{ amountRefunded: 500 }]);
  });

  it('an order promised by transfer 50 times and marked paid 50 times at once is paid once', async () => {
    const placed = await order();
    const promises = await times(50, () =>
      shop.api('POST', '/api/payments', { token: placed.token, body: { orderId: placed.id } }),
    );
    expect([statuses(promises, 201), statuses(promises, 409)]).toEqual([1, 49]);
    const token = await shop.adminToken();
    const marks = await times(50, () =>
      shop.api('PUT', `/api/orders/${placed.id}`, { token, body: { status: 'paid' } }),
    );
    expect([statuses(marks, 200), statuses(marks, 409)]).toEqual([1, 49]);
    const { body } = await shop.api('GET', `/api/payments?orderId=${placed.id}`, { token });
    expect(body.data).toMatchObject([{ provider: 'manual', status: 'succeeded' }]);
    const told: string[] = await eventsOf(placed);
    expect(told.filter((type) => /^(order\.paid|payment\.captured)$/.test(type)).sort()).toEqual([
      'order.paid',
      'payment.captured',
    ]);
  });

  it('an order that is marked paid while its card is charged keeps the money of one of the two', async () => {
    const token = await shop.adminToken();
    await times(6, async () => {
      const placed = await order();
      const { sessionId } = await checkout(placed);
      await shop.payAtStandIn(sessionId);
      const mark = await shop.api('PUT', `/api/orders/${placed.id}`, {
        token,
        body: { status: 'paid' },
      });
      const back = mark.status === 200 ? 2000 : 0;
      await until(async () => (await shop.chargesOf(sessionId))[0]?.amountRefunded === back);
      await until(() => isPaid(placed));
    });
  });

  it.each([
    { currency: 'KWD', prices: [1005, 333] },
    { currency: 'JPY', prices: [333, 1] },
    { currency: 'USD', prices: [3411, 1] },
  ])(
    'a total in $currency is exact to the smallest unit, and so is its charge (Medusa #14818, #13972; Spree: two decimals)',
    async ({ currency, prices }) => {
      const items: { variantId: string; quantity: number }[] = [];
      for (const price of prices) {
        const { variantId } = await shop.product({ price, currency, stock: 10 });
        items.push({ variantId, quantity: 7 });
      }
      const { token } = await shop.customer();
      const { body } = await shop.api('POST', '/api/orders', { token, body: { items } });
      const amount = prices.reduce((sum, price) => sum + price * 7, 0);
      expect(body.total).toEqual({ amount, currency });
      const { sessionId } = await shop.pay(token, body.id);
      expect(await shop.chargesOf(sessionId)).toMatchObject([
        { amount, currency: currency.toLowerCase() },
      ]);
    },
  );

  /** A second page for an order, whose first one ran out here but not at Stripe, whose clock is behind. */
  async function twoPages(placed: Placed): Promise<[string, string]> {
    const first = await checkout(placed);
    await shop.db
      .updateTable('checkout_sessions')
      .set({ expires_at: sql`now()` })
      .where('order_id', '=', placed.id)
      .execute();
    const second = await checkout(placed);
    expect(second.sessionId).not.toBe(first.sessionId);
    return [first.sessionId, second.sessionId];
  }

  async function askStripe(path: string): Promise<Answer['body']> {
    const headers = { authorization: 'Bearer sk_test_tests' };
    return (await fetch(`${shop.standInUrl}${path}`, { headers })).json();
  }

  const sessionAt = (id: string) => askStripe(`/v1/checkout/sessions/${id}`);

  /** The session that Stripe opened for an order, whether the shop knows it or not. */
  async function newestSession(orderId: string): Promise<string> {
    let found: string | undefined;
    await until(async () => {
      const { data } = await askStripe('/v1/checkout/sessions?limit=5');
      found = data.find(
        (session: { client_reference_id: string }) => session.client_reference_id === orderId,
      )?.id;
      return found !== undefined;
    });
    return found ?? '';
  }
});
