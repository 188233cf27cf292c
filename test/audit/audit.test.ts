import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { CheckResult } from '../../src/modules/audit/audit.model.ts';
import { auditShop, checks, runChecks } from '../../src/modules/audit/audit.service.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { dropConstraints, found, trade } from './support.ts';

let shop: TestShop;
let traded: Awaited<ReturnType<typeof trade>>;

beforeAll(async () => {
  shop = await startShop();
  traded = await trade(shop);
});
afterAll(() => shop.stop());

/** What the audit finds after statements that no code of the shop makes; they are taken back. */
async function foundAfter(statements: string): Promise<Map<string, CheckResult>> {
  const takenBack = new Error('taken back');
  let results: CheckResult[] = [];
  await inTransaction(shop.db, async (tx) => {
    await sql.raw(statements).execute(tx);
    results = await runChecks(tx);
    throw takenBack;
  }).catch((error: unknown) => {
    if (error !== takenBack) throw error;
  });
  return found(results);
}

/** A delivery to an endpoint, changed so. */
const withDelivery = (change: string) =>
  `INSERT INTO webhook_endpoints (id, url, secret)
     VALUES ('0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10', 'https://erp.example/', 'x');
   INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, body)
     VALUES (gen_random_uuid(), '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10', gen_random_uuid(), 'ping', '{}');
   UPDATE webhook_deliveries SET ${change}`;

type Traded = Awaited<ReturnType<typeof trade>>;

/** Changes to the ledger, which refuses them otherwise. */
function inLedger(statement: string): string {
  return `ALTER TABLE ledger_transactions DISABLE TRIGGER ledger_is_only_added_to; ${statement}`;
}

/** For each check, a way to break what it claims. */
const planted: Record<string, (traded: Traded) => string> = {
  'stock-within-bounds': ({ product }) =>
    `UPDATE stock_levels SET reserved = on_hand + 1 WHERE variant_id = '${product.variantId}'`,
  'stock-equals-ledger': ({ product }) =>
    `UPDATE stock_levels SET on_hand = on_hand + 1 WHERE variant_id = '${product.variantId}'`,
  'reserved-equals-orders': ({ paid }) =>
    `UPDATE order_items SET quantity = quantity + 1 WHERE order_id = '${paid}'`,
  'order-moved-its-stock': ({ cancelled }) =>
    `INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta, order_id)
     SELECT variant_id, 'release', 0, -1, order_id FROM order_items WHERE order_id = '${cancelled}'`,
  'movements-fit-their-kind': ({ product }) =>
    `INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta)
       VALUES ('${product.variantId}', 'return', 5, 0);
     UPDATE stock_levels SET on_hand = on_hand + 5 WHERE variant_id = '${product.variantId}'`,
  'order-equals-lines': ({ paid }) => `UPDATE orders SET total = total - 1 WHERE id = '${paid}'`,
  'order-is-as-placed': ({ pending }) =>
    `UPDATE order_items SET unit_price = 1, total = quantity WHERE order_id = '${pending}';
     UPDATE orders SET subtotal = 2, total = 2 WHERE id = '${pending}'`,
  'order-keeps-stock': ({ paid }) =>
    `UPDATE orders SET stock_state = 'released' WHERE id = '${paid}'`,
  'order-refunded-total': ({ paid }) => `UPDATE orders SET refunded_total = 1 WHERE id = '${paid}'`,
  'answers-name-what-exists': () =>
    `UPDATE idempotency_keys SET resource_id = gen_random_uuid() WHERE key = 'pending'`,
  'order-paid-once': ({ paid }) =>
    `UPDATE payments SET settles_order = false WHERE order_id = '${paid}'`,
  'payment-is-order-total': ({ pending }) =>
    `INSERT INTO payments (id, order_id, provider, status, amount, currency)
     VALUES (gen_random_uuid(), '${pending}', 'manual', 'pending', 1, 'USD')`,
  'payment-refunds-add-up': ({ paid }) =>
    `UPDATE payments SET refunded_amount = 1 WHERE order_id = '${paid}'`,
  'refund-fits-payment': ({ refunded }) =>
    `UPDATE refunds SET currency = 'EUR' WHERE order_id = '${refunded}'`,
  'money-is-not-kept': ({ cancelled }) =>
    `INSERT INTO payments (id, order_id, provider, provider_payment_id, status, amount, currency)
     VALUES (gen_random_uuid(), '${cancelled}', 'stripe', 'pi_late', 'succeeded', 2500, 'USD')`,
  'checkout-asks-order-total': ({ paid }) =>
    `UPDATE checkout_sessions SET amount = 1 WHERE order_id = '${paid}'`,
  'completed-checkout-is-paid': ({ pending }) =>
    `INSERT INTO checkout_sessions (id, order_id, status, amount, currency, email, stripe_session_id, url, expires_at)
     SELECT gen_random_uuid(), id, 'completed', total, currency, email, 'cs_1', 'https://pay.example/', now()
     FROM orders WHERE id = '${pending}'`,
  'ledger-balances': ({ paid }) =>
    inLedger(
      `UPDATE ledger_transactions SET credit_account = debit_account WHERE order_id = '${paid}'`,
    ),
  'ledger-has-payments': ({ paid }) =>
    inLedger(`DELETE FROM ledger_transactions WHERE order_id = '${paid}'`),
  'ledger-has-refunds': ({ refunded }) =>
    inLedger(`UPDATE ledger_transactions SET amount = amount - 1
              WHERE order_id = '${refunded}' AND kind = 'refund_succeeded'`),
  'ledger-accounts-agree': ({ tooLate }) =>
    inLedger(`UPDATE ledger_transactions SET credit_account = 'manual_receipts'
              WHERE order_id = '${tooLate}' AND kind = 'refund_succeeded'`),
  'ledger-orders-agree': ({ paid, pending }) =>
    inLedger(`UPDATE ledger_transactions SET order_id = '${pending}' WHERE order_id = '${paid}'`),
  'order-events': ({ delivered }) =>
    `DELETE FROM outbox_events WHERE aggregate_id = '${delivered}' AND type = 'order.fulfilled'`,
  'payment-events': () =>
    `INSERT INTO outbox_events (id, aggregate_type, aggregate_id, type, payload)
     SELECT gen_random_uuid(), aggregate_type, aggregate_id, type, payload
     FROM outbox_events WHERE type = 'payment.captured'`,
  'refund-events': () => `DELETE FROM outbox_events WHERE type = 'refund.succeeded'`,
  'stock-events': () => `DELETE FROM outbox_events WHERE type = 'stock.adjusted'`,
  'beginning-events': ({ product }) =>
    `DELETE FROM outbox_events WHERE aggregate_id = '${product.id}' AND type = 'product.created'`,
  'events-in-sequence': ({ pending }) =>
    `DELETE FROM outbox_events WHERE stream_id = '${pending}' AND sequence = 1`,
  'events-applied-in-order': ({ delivered }) =>
    `INSERT INTO inbox_events (consumer, event_id, stream_id, sequence)
     SELECT 'late', id, stream_id, sequence FROM outbox_events
     WHERE stream_id = '${delivered}' ORDER BY sequence DESC`,
  'events-sent-in-time': () =>
    `UPDATE outbox_events SET published_at = NULL, occurred_at = now() - interval '1 hour'
     WHERE type = 'order.placed'`,
  'events-given-up': () =>
    `UPDATE outbox_events SET published_at = NULL, dead_at = now() WHERE type = 'order.placed'`,
  'delivery-attempts-logged': () => withDelivery(`attempts = 1`),
  'deliveries-go-in-time': () => withDelivery(`next_attempt_at = now() - interval '11 minutes'`),
  'endpoints-take-events': () =>
    `INSERT INTO webhook_endpoints (id, url, secret, state, disabled_at, disabled_reason, failing_since)
     VALUES (gen_random_uuid(), 'https://erp.example/', 'x', 'disabled', now(), 'It is gone.', now())`,
  'trail-is-whole': ({ paid }) =>
    `ALTER TABLE trail DISABLE TRIGGER USER;
     UPDATE trail SET subject_id = '${paid}' WHERE act = 'order.delivered'`,
  'orders-expire-in-time': ({ pending }) =>
    `UPDATE orders SET reserved_until = now() - interval '1 hour' WHERE id = '${pending}'`,
  'refunds-end-in-time': ({ refunded }) =>
    `UPDATE refunds SET status = 'pending', created_at = now() - interval '2 hours'
     WHERE order_id = '${refunded}'`,
  'webhooks-apply-in-time': () =>
    `INSERT INTO webhook_events (provider, event_id, type, payload, received_at)
     VALUES ('stripe', 'evt_1', 'refund.updated', '{}', now() - interval '1 hour')`,
  'jobs-are-done': () =>
    `SELECT graphile_worker.permanently_fail_jobs(ARRAY[(
       SELECT id FROM graphile_worker.add_job('send_refund', '{}', run_at => now() + interval '1 day'))], 'gave up')`,
  'webhooks-parked': () =>
    `INSERT INTO webhook_events (provider, event_id, type, payload, state, note)
     VALUES ('stripe', 'evt_2', 'checkout.session.completed', '{}', 'parked', 'captured 1 USD')`,
  'tasks-are-done': () =>
    `INSERT INTO admin_tasks (id, kind, subject, title, detail, severity)
     VALUES (gen_random_uuid(), 'payment_unknown', 'pi_1', 'Money', '1 USD captured', 'error')`,
  'reconciled-in-time': () =>
    // Instead of what the schedule may have run since the shop began.
    `WITH before AS (DELETE FROM reconciliation_runs)
     INSERT INTO reconciliation_runs (id, trigger, started_at, alive_until)
     VALUES (gen_random_uuid(), 'schedule', now() - interval '1 hour', now())`,
};

describe('the audit', () => {
  it('finds nothing after a day of trade', async () => {
    expect(found(await auditShop(shop.db))).toEqual(new Map());
  });

  it('raises no false alarm while orders are placed and cancelled', async () => {
    const { token, product } = traded;
    let busy = true;
    const traffic = Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 5; round += 1) {
          const { body } = await shop.order(token, product.variantId);
          await shop.api('DELETE', `/api/orders/${body.id}`, { token });
        }
      }),
    ).finally(() => {
      busy = false;
    });
    do expect(found(await auditShop(shop.db))).toEqual(new Map());
    while (busy);
    await traffic;
  });

  it('has a planted breach for each of its checks', () => {
    expect(Object.keys(planted)).toEqual(checks.map(({ name }) => name));
  });
});

describe('without the database’s own constraints, the audit', () => {
  beforeAll(() => dropConstraints(shop.db));

  it.each(Object.entries(planted))(
    'finds a breach of %s and names the row',
    async (name, plant) => {
      const result = (await foundAfter(plant(traded))).get(name);
      expect(result?.count).toBeGreaterThan(0);
      expect(result?.offenders[0]).toEqual({
        subject: expect.stringMatching(
          /^(variant|order|payment|refund|checkout|product|key|event|stream|job|transaction|account|task|run|delivery|endpoint|act) \S+$/,
        ),
        detail: expect.stringMatching(/\S/),
      });
    },
  );

  it('finds a movement of money that names another order than its refund', async () => {
    const { tooLate, pending } = traded;
    const results = await foundAfter(
      inLedger(`UPDATE ledger_transactions SET order_id = '${pending}'
                WHERE order_id = '${tooLate}' AND kind = 'refund_succeeded'`),
    );
    expect([...results.keys()]).toEqual(['ledger-has-refunds']);
  });

  it('shows the first rows of many and counts them all', async () => {
    const results = await foundAfter(`
      INSERT INTO webhook_events (provider, event_id, type, payload, state)
      SELECT 'stripe', 'evt_' || n, 'x', '{}', 'parked' FROM generate_series(1, 50) AS n`);
    expect(results.get('webhooks-parked')).toMatchObject({ count: 50, severity: 'warning' });
    expect(results.get('webhooks-parked')?.offenders).toHaveLength(20);
  });
});
