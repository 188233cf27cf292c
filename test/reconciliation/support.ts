import Stripe from 'stripe';
import {
  createGuardedRecords,
  createStripeGateways,
} from '../../src/modules/payments/stripe-guards.gateway.ts';
import { reconcile } from '../../src/modules/reconciliation/reconcile.service.ts';
import { findLastRun } from '../../src/modules/reconciliation/runs.repository.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { TestShop } from '../support/shop.ts';

/**
 * Reconciliation of a shop with its stand-in, as its worker and `npm run reconcile` do it. Runs that are to look at
 * Stripe's events wait for `mayLook` before.
 */
export function openReconciler(shop: TestShop, mayLook: Promise<void> = Promise.resolve()) {
  const telemetry = { metrics: createMetrics(), logger: createLogger('silent') };
  const config = { secretKey: 'sk_test_tests', apiBase: shop.standInUrl, webhookSecrets: [] };
  const records = createGuardedRecords(config, telemetry);
  const deps = {
    ...telemetry,
    db: shop.db,
    stripe: createStripeGateways(config, telemetry).forJobs,
    records: {
      ...records,
      events: async (...asked: Parameters<typeof records.events>) => {
        await mayLook;
        return records.events(...asked);
      },
    },
  };
  return {
    /** A run as if a few minutes had passed, so that what just happened is not under way any more. */
    run: (options: { pages?: number } = {}) =>
      reconcile(deps, { trigger: 'command', at: new Date(Date.now() + 180_000), ...options }),
    /** A run at this very moment. */
    reconcileNow: () => reconcile(deps, { trigger: 'command' }),
    lastRun: () => findLastRun(shop.db),
  };
}

/** The SDK on the stand-in: somebody with the account's key, or its dashboard. */
export function dashboardOf(shop: TestShop): Stripe {
  const { hostname, port } = new URL(shop.standInUrl);
  return new Stripe('sk_test_tests', { host: hostname, port, protocol: 'http' });
}

/** A paid order with what a test may want to bend of it. */
export async function paidOrder(shop: TestShop, { lost = false } = {}) {
  const placed = await placedOrder(shop);
  if (lost) await shop.fault({ drop: 1_000_000 });
  await shop.payAtStandIn(placed.sessionId);
  if (lost) await shop.fault({ clear: true });
  const { data } = await shop.atStripe('/_test/charges');
  const { paymentIntent } = data.find(
    (charge: { sessionId: string }) => charge.sessionId === placed.sessionId,
  );
  return { ...placed, paymentIntent: String(paymentIntent) };
}

/** An order with its payment page open. */
export async function placedOrder(shop: TestShop) {
  const product = await shop.product({ price: 2000 });
  const { token } = await shop.customer();
  const { body: order } = await shop.order(token, product.variantId);
  const { body } = await shop.api('POST', '/api/checkout', { token, body: { orderId: order.id } });
  return { product, token, orderId: String(order.id), sessionId: String(body.sessionId) };
}

export async function statusOf(
  shop: TestShop,
  { token, orderId }: { token: string; orderId: string },
): Promise<string> {
  return (await shop.api('GET', `/api/orders/${orderId}`, { token })).body.status;
}

/** The tasks about a subject, or of a kind. */
export async function tasksOf(shop: TestShop, about: { subject?: string; kind?: string }) {
  const token = await shop.adminToken();
  const { body } = await shop.api('GET', '/api/tasks?limit=100', { token });
  return body.data.filter(
    (task: { subject: string; kind: string }) =>
      (about.subject === undefined || task.subject === about.subject) &&
      (about.kind === undefined || task.kind === about.kind),
  );
}
