import { sql } from 'kysely';
import { type Db, inSnapshot, type Tx } from '../../src/database/database.ts';
import { runChecks } from '../../src/modules/audit/audit.service.ts';
import type { LedgerTransaction } from '../../src/modules/ledger/ledger.model.ts';
import type { TestShop } from '../support/shop.ts';

/** A pending order of a new customer at a price, in USD cents. */
export async function placeOrder(shop: TestShop, price = 2000) {
  const product = await shop.product({ price, stock: 10 });
  const { token } = await shop.customer();
  const { body } = await shop.order(token, product.variantId);
  return { id: String(body.id), number: Number(body.number), token };
}

/** An order paid by card. */
export async function placePaid(shop: TestShop, price = 2000) {
  const order = await placeOrder(shop, price);
  await shop.pay(order.token, order.id);
  return order;
}

/** How an order's money moved, the oldest first: `capture: 2000 sales → stripe_balance`. */
export async function movementsOf(shop: TestShop, orderId: string): Promise<string[]> {
  const { body } = await shop.api('GET', `/api/ledger/transactions?orderId=${orderId}&limit=100`, {
    token: await shop.adminToken(),
  });
  return body.data
    .map(
      ({ kind, amount, creditAccount, debitAccount }: LedgerTransaction) =>
        `${kind}: ${amount.amount} ${creditAccount} → ${debitAccount}`,
    )
    .reverse();
}

/** The findings of the audit; warnings left out. */
export async function findings(shop: TestShop): Promise<string[]> {
  return inSnapshot(shop.db, findingsIn);
}

/** As `findings`, of what a transaction sees. */
export async function findingsIn(tx: Tx): Promise<string[]> {
  return (await runChecks(tx))
    .filter(({ severity }) => severity === 'finding')
    .flatMap(({ name, offenders }) =>
      offenders.map(({ subject, detail }) => `${name}: ${subject} ${detail}`),
    );
}

/** Forgets an order's movements, as if a version without a ledger had moved its money. */
export async function forgetMovements(db: Db, orderId: string): Promise<void> {
  await sql`ALTER TABLE ledger_transactions DISABLE TRIGGER ledger_is_only_added_to`.execute(db);
  await sql`DELETE FROM ledger_transactions WHERE order_id = ${orderId}`.execute(db);
  await sql`ALTER TABLE ledger_transactions ENABLE TRIGGER ledger_is_only_added_to`.execute(db);
}
