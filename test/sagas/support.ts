import type { Answer } from '../support/api.ts';
import type { Fleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';

export type Buying = ReturnType<typeof buying>;

/** The steps of a purchase, and how to see where it stands, here and at Stripe. */
export function buying(shop: Fleet) {
  async function askStripe(path: string): Promise<Answer['body']> {
    const headers = { authorization: 'Bearer sk_test_tests' };
    return (await fetch(`${shop.standInUrl}${path}`, { headers })).json();
  }
  return {
    /** A pending order of one unit out of `stock`. */
    async order({ price = 2000, stock = 10 } = {}) {
      const product = await shop.product({ price, stock });
      const { token } = await shop.customer();
      const { body } = await shop.order(token, product.variantId);
      return { product, token, id: String(body.id) };
    },
    checkout: (order: { token: string; id: string }) =>
      shop.api('POST', '/api/checkout', { token: order.token, body: { orderId: order.id } }),
    async statusOf(order: { token: string; id: string }): Promise<string> {
      return (await shop.api('GET', `/api/orders/${order.id}`, { token: order.token })).body.status;
    },
    /** Waits until the order stands there. */
    becomes(order: { token: string; id: string }, status: string): Promise<void> {
      return until(async () => (await this.statusOf(order)) === status, {
        what: `${status} of the order`,
      });
    },
    /** Every session that Stripe has for an order. */
    async sessionsOf(orderId: string): Promise<{ id: string; status: string }[]> {
      const { data } = await askStripe('/v1/checkout/sessions?limit=100');
      return data.filter(
        (session: { client_reference_id: string }) => session.client_reference_id === orderId,
      );
    },
    /** How the shop's rows of an order's payment pages stand, oldest first. */
    async pagesOf(orderId: string): Promise<string[]> {
      const rows = await shop.db
        .selectFrom('checkout_sessions')
        .select('status')
        .where('order_id', '=', orderId)
        .orderBy('id')
        .execute();
      return rows.map(({ status }) => status);
    },
    /** The charge of a paid session: there is exactly one. */
    async onlyCharge(sessionId: string): Promise<{ amount: number; amountRefunded: number }> {
      const [charge, ...others] = await shop.chargesOf(sessionId);
      if (!charge || others.length > 0) throw new Error(`${sessionId} was not charged once`);
      return charge;
    },
  };
}
