import { randomUUID } from 'node:crypto';
import type { Random } from '../random.ts';
import { pause } from '../wait.ts';
import type { Stripe } from '../world/stripe.ts';
import { type Ask, isDefinite, type ShopClient } from './client.ts';
import type { Variant } from './goods.ts';
import type { AcknowledgedOrder, History, Placing } from './history.ts';

export interface ShopperDeps {
  readonly client: ShopClient;
  readonly stripe: Stripe;
  readonly history: History;
  readonly random: Random;
  readonly variants: readonly Variant[];
  readonly reservationSeconds: number;
  /** Whether shoppers tend to go away in the middle just now. */
  readonly impatient: () => boolean;
}

const GOOD_CARD = '4242424242424242';
const DECLINED_CARD = '4000000000000002';

/** A shopper who browses, fills a cart, orders and pays, or does not, until told to stop. */
export async function goShopping(deps: ShopperDeps, stopped: () => boolean): Promise<void> {
  const { client, history, random } = deps;
  let session = await signUp(deps);
  while (!stopped()) {
    await browse(deps);
    const order = await placeOrder(deps, session.token);
    if (order && !stopped()) await settle(deps, session.token, order);
    if (random.chance(0.12)) {
      const reply = await client.askUntilDefinite('POST', '/api/auth/request-reset', {
        body: { email: session.email },
      });
      if (isDefinite(reply) && reply.status < 300) history.resets.add(session.email);
      session = await signUp(deps);
    }
    await pause(random.integer(20, 300));
  }
}

/** Somebody who only looks, page after page. */
export async function lookAround(deps: ShopperDeps, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    await browse(deps);
    await pause(deps.random.integer(20, 80));
  }
}

async function signUp({ client }: ShopperDeps): Promise<{ token: string; email: string }> {
  for (;;) {
    const email = `shopper-${randomUUID()}@faults.example`;
    const body = { email, password: 'correct horse battery', name: 'Ada Byron' };
    const reply = await client.ask('POST', '/api/auth/register', { body });
    if (reply.kind === 'answer' && reply.status === 201)
      return { token: String(reply.body.accessToken), email };
    await pause(300);
  }
}

async function browse({ client, history, random, variants }: ShopperDeps): Promise<void> {
  const { slug } = random.pick(variants);
  const path = random.pick([
    '/api/products?limit=10',
    '/api/products/search?q=bord',
    `/api/products/${slug}`,
    `/products/${slug}`,
  ]);
  const begun = performance.now();
  const reply = await client.ask('GET', path);
  history.browsed({
    ms: performance.now() - begun,
    status: reply.kind === 'answer' ? reply.status : 0,
  });
  history.count('pages browsed');
}

async function placeOrder(deps: ShopperDeps, token: string): Promise<AcknowledgedOrder | null> {
  const { client, history, random, variants } = deps;
  const hot = variants.filter((variant) => variant.hot);
  const wanted = new Set([random.chance(0.6) ? random.pick(hot) : random.pick(variants)]);
  if (random.chance(0.4)) wanted.add(random.pick(variants));
  const lines = [...wanted].map(({ id }) => ({ variantId: id, quantity: random.integer(1, 2) }));
  for (const { variantId, quantity } of lines)
    await client.ask('PUT', `/api/cart/items/${variantId}`, { token, body: { quantity } });
  const key = randomUUID();
  const placing: Placing = { key, lines, outcome: 'unknown', orderIds: new Set() };
  history.placings.set(key, placing);
  // The key is in the order too, so that the database itself shows whether one made two.
  const ask: Ask = { token, key, body: { items: lines, shippingAddress: addressOf(key) } };
  const leaves = random.chance(deps.impatient() ? 0.7 : 0.03);
  if (leaves) history.count('clients left in the middle');
  const reply = await client.askUntilDefinite('POST', '/api/orders', {
    ...ask,
    ...(leaves ? { leaveAfterMs: random.integer(1, 30) } : {}),
  });
  history.note('order', { key, reply });
  if (!isDefinite(reply)) return null;
  if (reply.status !== 201) {
    placing.outcome = 'refused';
    history.count(
      reply.body.code === 'insufficient_stock' ? 'orders refused for stock' : 'orders refused',
    );
    return null;
  }
  placing.outcome = 'done';
  placing.order = acknowledged(reply.body);
  placing.orderIds.add(placing.order.id);
  history.count('orders placed');
  if (random.chance(0.1)) {
    const again = await client.ask('POST', '/api/orders', ask);
    if (isDefinite(again) && again.status === 201) placing.orderIds.add(again.body.id);
  }
  return placing.order;
}

async function settle(deps: ShopperDeps, token: string, order: AcknowledgedOrder): Promise<void> {
  const { client, history, random } = deps;
  const mood = random.next();
  if (mood < 0.12) return void history.count('orders abandoned');
  if (mood < 0.22) return cancel(deps, token, order.id);
  const reply = await client.askUntilDefinite('POST', '/api/checkout', {
    token,
    key: randomUUID(),
    body: { orderId: order.id },
  });
  if (!isDefinite(reply) || reply.status !== 201) return void history.count('checkouts refused');
  const sessionId = String(reply.body.sessionId);
  if (mood < 0.32) {
    // At the last moment, or a little after it.
    await pause(deps.reservationSeconds * 1000 * (0.9 + random.next() * 0.2));
    history.count('paid at the last moment');
  } else await pause(random.integer(0, 1_500));
  if (random.chance(0.15)) {
    await deps.stripe.pay(sessionId, DECLINED_CARD);
    history.count('cards declined');
  }
  await Promise.all([
    pay(deps, sessionId, order.id),
    ...(random.chance(0.1) ? [pay(deps, sessionId, order.id)] : []),
    ...(random.chance(0.06) ? [cancel(deps, token, order.id)] : []),
  ]);
  await client.ask('GET', `/api/orders/${order.id}`, { token });
}

async function pay(deps: ShopperDeps, sessionId: string, orderId: string): Promise<void> {
  const status = await deps.stripe.pay(sessionId, GOOD_CARD);
  deps.history.note('pay', { sessionId, orderId, status });
  if (status === 200) deps.history.paidSessions.set(sessionId, orderId);
  deps.history.count(status === 200 ? 'sessions paid' : 'sessions not payable any more');
}

async function cancel({ client, history }: ShopperDeps, token: string, id: string): Promise<void> {
  const reply = await client.askUntilDefinite('DELETE', `/api/orders/${id}`, { token });
  if (isDefinite(reply) && reply.status === 200) history.count('orders cancelled');
}

function addressOf(key: string) {
  return {
    name: key,
    line1: '1 Mill Lane',
    city: 'Springfield',
    postalCode: '12345',
    country: 'US',
  };
}

function acknowledged(body: {
  id: string;
  total: { amount: number };
  items: { variantId: string; quantity: number; unitPrice: { amount: number } }[];
}): AcknowledgedOrder {
  return {
    id: body.id,
    total: body.total.amount,
    lines: body.items.map(({ variantId, quantity, unitPrice }) => ({
      variantId,
      quantity,
      unitPrice: unitPrice.amount,
    })),
  };
}
