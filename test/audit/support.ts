import { sql } from 'kysely';
import type { CheckResult } from '../../src/modules/audit/audit.model.ts';
import type { TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

/** The checks that found something, by name. */
export function found(results: readonly CheckResult[]): Map<string, CheckResult> {
  return new Map(results.filter(({ count }) => count > 0).map((result) => [result.name, result]));
}

/** Takes every constraint and unique index away that would keep a test from breaking the books. */
export async function dropConstraints(db: TestShop['db']): Promise<void> {
  const { rows } = await sql<{ statement: string }>`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement
    FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass)
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = 'public'::regnamespace AND indisunique AND indpred IS NOT NULL`.execute(
    db,
  );
  for (const { statement } of rows) await sql.raw(statement).execute(db);
}

/** What a day in a shop leaves: orders in every state, refunds in part and whole, late payments, a repeated key. */
export async function trade(shop: TestShop) {
  const admin = await shop.adminToken();
  const { token } = await shop.customer();
  const product = await shop.product({ stock: 100, price: 2500 });
  const place = async (quantity = 1, headers = {}): Promise<string> =>
    (await shop.order(token, product.variantId, quantity, headers)).body.id;
  const move = (id: string, status: string) =>
    shop.api('PUT', `/api/orders/${id}`, { token: admin, body: { status } });
  const refund = (id: string, amount?: number) =>
    shop.api('POST', `/api/orders/${id}/refunds`, {
      token: admin,
      body: amount === undefined ? {} : { amount: { amount, currency: 'USD' } },
      headers: { 'idempotency-key': `refund-${id}` },
    });

  const pending = await place(2, { 'idempotency-key': 'pending' });
  await place(2, { 'idempotency-key': 'pending' });
  const cancelled = await place();
  await shop.api('DELETE', `/api/orders/${cancelled}`, { token });
  const paid = await place(3);
  await shop.pay(token, paid);
  const delivered = await place();
  await move(delivered, 'paid');
  await move(delivered, 'fulfilled');
  await move(delivered, 'delivered');
  await refund(delivered, 500);
  const refunded = await place(4);
  await shop.pay(token, refunded);
  await refund(refunded);
  await until(async () => {
    const { body } = await shop.api('GET', `/api/orders/${refunded}`, { token });
    return body.refundedTotal.amount === body.total.amount;
  });
  const late = await place();
  await sql`UPDATE orders SET reserved_until = now() WHERE id = ${late}`.execute(shop.db);
  await until(async () => {
    const { body } = await shop.api('GET', `/api/orders/${late}`, { token });
    return body.status === 'expired';
  });
  await move(late, 'paid');
  const tooLate = await place();
  const { body: checkout } = await shop.api('POST', '/api/checkout', {
    token,
    body: { orderId: tooLate },
  });
  // The shop hears of the payment once the order is cancelled, however slow the machine is.
  await shop.fault({ delayMs: 600_000 });
  await shop.payAtStandIn(checkout.sessionId);
  await shop.api('DELETE', `/api/orders/${tooLate}`, { token });
  await shop.fault({ clear: true });
  await fetch(`${shop.standInUrl}/_test/webhooks/flush`, { method: 'POST' });
  await until(async () => {
    const { body } = await shop.api('GET', `/api/orders/${tooLate}/refunds`, { token: admin });
    return body.data[0]?.status === 'succeeded';
  });
  return { admin, token, product, pending, cancelled, paid, delivered, refunded, late, tooLate };
}
