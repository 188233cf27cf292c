import { sql } from 'kysely';
import { createStripeGateways } from '../../src/modules/payments/stripe-guards.gateway.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { repair } from '../../src/worker.ts';
import type { TestShop } from '../support/shop.ts';

const COUNTED = 1_000_000;

/** Makes the stand-in misbehave and count it; the answer says how many requests were struck since. */
export async function counting(
  shop: TestShop,
  fault: 'down' | 'failRate' | 'latencyMs' | 'timeoutAfterWork',
  settings: Record<string, unknown>,
): Promise<() => Promise<number>> {
  await shop.fault({ ...settings, times: COUNTED });
  return async () => COUNTED - (await shop.atStripe('/_test/faults'))[fault].timesLeft;
}

/** A customer with a pending order, and the way to its payment page. */
export async function waitingOrder(shop: TestShop) {
  const product = await shop.product({ price: 2000, stock: 100 });
  const customer = await shop.customer();
  const { body } = await shop.order(customer.token, product.variantId);
  const id = String(body.id);
  return {
    ...customer,
    product,
    orderId: id,
    checkout: () =>
      shop.api('POST', '/api/checkout', { token: customer.token, body: { orderId: id } }),
  };
}

/** What the shop's metrics say of one series, 0 where there is none. */
export async function metric(shop: TestShop, name: string, labels = ''): Promise<number> {
  const { body } = await shop.api('GET', '/metrics');
  const lines = String(body).split('\n');
  return lines
    .filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** One round of the repair sweep, as every instance runs it each minute. */
export function repairNow(shop: TestShop): Promise<void> {
  return repair({ db: shop.db, logger: createLogger('silent') });
}

/** Moves the shop's past back, as if the time had passed. */
export async function run(shop: TestShop, statement: string): Promise<void> {
  await sql.raw(statement).execute(shop.db);
}

/** The sessions that the stand-in has for an order. */
export async function sessionsAtStripe(shop: TestShop, orderId: string) {
  const answer = await fetch(`${shop.standInUrl}/v1/checkout/sessions?limit=100`, {
    headers: { authorization: 'Bearer sk_test_tests' },
  });
  const { data } = (await answer.json()) as {
    data: { id: string; status: string; client_reference_id: string }[];
  };
  return data.filter((session) => session.client_reference_id === orderId);
}

/** The refunds that the stand-in has for a payment intent. */
export async function refundsAtStripe(shop: TestShop, paymentIntent: string) {
  const answer = await fetch(`${shop.standInUrl}/v1/refunds?payment_intent=${paymentIntent}`, {
    headers: { authorization: 'Bearer sk_test_tests' },
  });
  return ((await answer.json()) as { data: { id: string; amount: number }[] }).data;
}

/** Stripe as the shop's jobs ask it, with an untroubled circuit of its own. */
export function gatewayOf(shop: TestShop) {
  return createStripeGateways(
    { secretKey: 'sk_test_tests', webhookSecrets: [], apiBase: shop.standInUrl },
    { metrics: createMetrics(), logger: createLogger('silent') },
  ).forJobs;
}
