import { sql } from 'kysely';
import type { WorldCheck } from './violation.ts';

interface StoredPayment {
  readonly order_id: string;
  readonly intent: string;
  readonly amount: number;
  readonly settles: boolean;
  readonly refunded: number;
}

/** The shop's books against Stripe's. */
export const moneyChecks: readonly WorldCheck[] = [
  {
    name: 'every-charge-has-its-order-or-went-back',
    async breaches({ tx, charges }) {
      const payments = Map.groupBy(await storedPayments(tx), ({ intent }) => intent);
      const settled = new Map<string, string>();
      return charges
        .filter(({ status }) => status === 'succeeded')
        .flatMap(({ id, paymentIntent, amount, amountRefunded }) => {
          const [payment] = payments.get(paymentIntent) ?? [];
          const wentBack = amountRefunded === amount;
          if (!payment)
            return wentBack ? [] : [`charge ${id} (${paymentIntent}) is known to nobody`];
          if (payment.amount !== amount)
            return [`charge ${id} took ${amount}, the shop wrote ${payment.amount}`];
          if (!payment.settles)
            return wentBack
              ? []
              : [`charge ${id} paid no order and was kept (${payment.order_id})`];
          const first = settled.get(payment.order_id);
          settled.set(payment.order_id, id);
          return first ? [`charges ${first} and ${id} both paid order ${payment.order_id}`] : [];
        });
    },
  },
  {
    name: 'every-paid-order-has-its-charge',
    async breaches({ tx, charges }) {
      const taken = new Map(
        charges
          .filter(({ status }) => status === 'succeeded')
          .map(({ paymentIntent, amount }) => [paymentIntent, amount]),
      );
      const { rows } = await sql<{ id: string; intent: string | null; total: number }>`
        SELECT orders.id, provider_payment_id AS intent, total
        FROM orders LEFT JOIN payments ON payments.order_id = orders.id AND settles_order
        WHERE orders.status IN ('paid', 'fulfilled', 'delivered')`.execute(tx);
      return rows
        .filter(({ intent, total }) => intent === null || taken.get(intent) !== total)
        .map(({ id, intent, total }) => `order ${id} over ${total} has no such charge (${intent})`);
    },
  },
  {
    name: 'refunds-here-are-refunds-there',
    async breaches({ tx, charges }) {
      const refunded = new Map(
        (await storedPayments(tx)).map((payment) => [payment.intent, payment.refunded]),
      );
      // A declined attempt is a charge of the same payment intent.
      const taken = charges.filter(({ status }) => status === 'succeeded');
      return taken.flatMap(({ id, paymentIntent, amount, amountRefunded }) => {
        const here = refunded.get(paymentIntent) ?? 0;
        if (here !== amountRefunded)
          return [`charge ${id}: ${amountRefunded} went back at Stripe, ${here} here`];
        return amountRefunded > amount ? [`charge ${id}: more went back than was taken`] : [];
      });
    },
  },
  {
    name: 'paid-sessions-are-known',
    async breaches({ charges, history }) {
      const bySession = Map.groupBy(
        charges.filter(({ status }) => status === 'succeeded'),
        ({ sessionId }) => sessionId,
      );
      return [...history.paidSessions.keys()]
        .filter((session) => bySession.get(session)?.length !== 1)
        .map((session) => `session ${session} was paid and has not one charge`);
    },
  },
];

async function storedPayments(tx: Parameters<WorldCheck['breaches']>[0]['tx']) {
  const { rows } = await sql<StoredPayment>`
    SELECT order_id, provider_payment_id AS intent, amount, settles_order AS settles, coalesce((
      SELECT sum(amount) FROM refunds WHERE payment_id = payments.id AND status = 'succeeded'), 0) AS refunded
    FROM payments WHERE provider = 'stripe' AND status = 'succeeded'`.execute(tx);
  return rows;
}
