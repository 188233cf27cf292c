import type { Db } from '../../database/database.ts';
import { eventsOf } from '../../events/outbox.ts';
import type { Money } from '../../shared/money.ts';
import type { LedgerTransaction } from '../ledger/ledger.model.ts';
import { listTransactions } from '../ledger/ledger.service.ts';
import type { Order } from '../orders/orders.model.ts';
import { getOrder } from '../orders/orders.service.ts';
import type { Payment, Refund } from '../payments/payments.model.ts';
import { listPayments } from '../payments/payments.service.ts';
import { leftOfOrder, refundsOfOrder } from '../payments/refunds.service.ts';

/** An order with its money and its whole history. */
export interface OrderCase {
  readonly order: Order;
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
  /** How its money moved, the newest first. */
  readonly movements: readonly LedgerTransaction[];
  /** What happened to the order, its payments and refunds, the newest first. */
  readonly events: readonly Awaited<ReturnType<typeof eventsOf>>[number][];
  /** What can still be refunded: of the payment that paid the order alone. */
  readonly refundable: Money;
}

/** Everything about one order. @throws ShopError not_found. */
export async function readOrder(db: Db, id: string): Promise<OrderCase> {
  const [order, payments, refunds, movements, events, left] = await Promise.all([
    getOrder(db, null, id),
    listPayments(db, null, { orderId: id }, { limit: 100 }),
    refundsOfOrder(db, id),
    listTransactions(db, { orderId: id }, { limit: 100 }),
    eventsOf(db, id),
    leftOfOrder(db, id),
  ]);
  return {
    order,
    payments: payments.data,
    refunds,
    movements: movements.data,
    events: events.reverse(),
    refundable: { amount: left, currency: order.currency },
  };
}
