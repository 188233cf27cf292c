import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import {
  listBalances,
  listTransactions,
  postMissing,
} from '../../src/modules/ledger/ledger.service.ts';
import type { Order } from '../../src/modules/orders/orders.model.ts';
import { settleManually } from '../../src/modules/payments/settle.service.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
let late: Order;
beforeAll(async () => {
  shop = await openBareShop();
  await shop.paid();
  const euros = await shop.product({ currency: 'EUR' });
  await settleManually(
    shop,
    (await shop.order({ items: [{ variantId: euros.variantId, quantity: 2 }] })).id,
    null,
  );
  late = await shop.order();
  await shop.capture(late);
  await shop.capture(late);
});
afterAll(() => shop.drop());

describe('the books', () => {
  it('add up in every currency, each account on its own side', async () => {
    const balances = await listBalances(shop.db);
    expect(
      balances.map((one) => `${one.account} ${one.side} ${one.balance} ${one.currency}`),
    ).toEqual([
      'stripe_balance debit 3000 USD',
      'manual_receipts debit 2000 EUR',
      'sales credit 2000 EUR',
      'sales credit 2000 USD',
      // Paid twice, and all of it set aside to go back.
      'customer_funds credit 0 USD',
      'refunds_pending credit 1000 USD',
    ]);
    expect(balances[4]).toMatchObject({ debits: 1000, credits: 1000 });
  });

  it('tell of an order what moved, the newest first', async () => {
    const { data, nextCursor } = await listTransactions(
      shop.db,
      { orderId: late.id },
      { limit: 2 },
    );
    expect(data.map(({ kind, amount }) => [kind, amount])).toContainEqual([
      'refund_requested',
      usd(1000),
    ]);
    const rest = await listTransactions(
      shop.db,
      { orderId: late.id },
      { limit: 2, cursor: String(nextCursor) },
    );
    expect([data.length, rest.data.length, rest.nextCursor]).toEqual([2, 1, null]);
  });

  it('get what they lack, once, and it is told', async () => {
    const logged: string[] = [];
    const logger = pino({}, { write: (line: string) => void logged.push(line) });
    const post = () => postMissing({ db: shop.db, logger, metrics: shop.metrics }, null);
    expect([await post(), logged]).toEqual([0, []]);
    await inTransaction(shop.db, async (tx) => {
      await sql`ALTER TABLE ledger_transactions DISABLE TRIGGER USER`.execute(tx);
      await sql`DELETE FROM ledger_transactions WHERE order_id = ${late.id}`.execute(tx);
      await sql`ALTER TABLE ledger_transactions ENABLE TRIGGER USER`.execute(tx);
    });
    const before = await shop.counted('ledgerRepaired');
    expect([await post(), await post()]).toEqual([3, 0]);
    expect((await shop.counted('ledgerRepaired')) - before).toBe(3);
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, posted: 3, msg: 'movements that the ledger lacked were posted' },
    ]);
    expect(await listBalances(shop.db)).toHaveLength(6);
  });
});
