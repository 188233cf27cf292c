import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import { inPurchase } from '../../events/purchase-trace.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { note } from '../../trail/trail.ts';
import { release, reserve, ship } from '../inventory/inventory.service.ts';
import {
  addRefunded,
  changeContact,
  changeStatus,
  expireOverdue,
  lockOrder,
  markReleased,
  orderLines,
} from './move-orders.repository.ts';
import {
  type Address,
  CLOSING,
  type Order,
  type OrderStatus,
  statesBefore,
} from './orders.model.ts';
import {
  findOrder,
  listOrders as findOrders,
  type OrderFilter,
  type Owner,
} from './orders.repository.ts';
import { holdCustomers } from './place-order.repository.ts';

export type { OrderFilter, Owner };
export { lockOrder };

/** One of the owner's orders (owner null: any). @throws ShopError not_found, also for somebody else's. */
export async function getOrder(db: Db, owner: Owner, id: string): Promise<Order> {
  const order = await findOrder(db, owner, id);
  if (!order) throw notFound('The order');
  return order;
}

/** A page of the owner's orders, newest first. */
export function listOrders(
  db: Db,
  owner: Owner,
  filter: OrderFilter,
  page: PageRequest,
): Promise<Page<Order>> {
  return findOrders(db, owner, filter, page);
}

/**
 * Cancels an unpaid order and gives its stock back, once, however often it is asked: a cancelled order stays so.
 * @throws ShopError not_found, invalid_transition for an order that is paid or expired.
 */
export async function cancelOrder(db: Db, owner: Owner, id: string): Promise<Order> {
  return inTransaction(db, (tx) => cancel(tx, owner, id));
}

async function cancel(tx: Tx, owner: Owner, id: string): Promise<Order> {
  const cancelled = await changeStatus(tx, owner, id, {
    from: statesBefore('cancelled'),
    to: 'cancelled',
    stock: 'released',
  });
  if (cancelled) await closeOrders(tx, [id], 'order.cancelled');
  const order = await getOrder(tx, owner, id);
  if (!cancelled && order.status !== 'cancelled') throw refusedTransition(order, 'cancelled');
  if (cancelled && owner === null)
    await note(tx, { act: 'order.cancelled', subject: id, detail: {} });
  return order;
}

/** Expires pending orders whose reservation ran out and returns how many; `limit` at a time. */
export async function expireOrders(db: Db, limit: number): Promise<number> {
  return inTransaction(db, async (tx) => {
    const ids = await expireOverdue(tx, limit);
    if (ids.length > 0) await closeOrders(tx, ids, 'order.expired');
    return ids.length;
  });
}

/** What every order that closes unpaid leaves behind: its stock free, its event, its payment page shut. */
async function closeOrders(
  tx: Tx,
  ids: readonly string[],
  type: 'order.cancelled' | 'order.expired',
): Promise<void> {
  await release(tx, await orderLines(tx, ids));
  await recordEvents(
    tx,
    ids.map((id) => event(type, id, {})),
  );
  await closePagesOf(tx, ids);
}

/** Has shut what orders that need no more money could still be paid by, once the transaction commits. */
export function closePagesOf(tx: Tx, ids: readonly string[]): Promise<void> {
  return enqueueJob(tx, 'close_checkouts', { orderIds: ids }, { queue: CLOSING });
}

/**
 * Moves a paid order on: `fulfilled` sends its units, `delivered` ends it.
 * @throws ShopError not_found, invalid_transition.
 */
export async function advanceOrder(
  db: Db,
  id: string,
  to: 'fulfilled' | 'delivered',
): Promise<Order> {
  return inTransaction(db, (tx) => advance(tx, id, to));
}

function advance(tx: Tx, id: string, to: 'fulfilled' | 'delivered'): Promise<Order> {
  return inPurchase(tx, id, 'advance order', () => moveOn(tx, id, to));
}

async function moveOn(tx: Tx, id: string, to: 'fulfilled' | 'delivered'): Promise<Order> {
  const moved = await changeStatus(tx, null, id, {
    from: statesBefore(to),
    to,
    stock: 'shipped',
  });
  if (moved && to === 'fulfilled') await ship(tx, await orderLines(tx, [id]));
  if (moved) await recordEvents(tx, [event(`order.${to}`, id, {})]);
  const order = await getOrder(tx, null, id);
  if (!moved && order.status === 'paid' && to === 'fulfilled')
    throw new ShopError(
      'invalid_transition',
      'All that was paid for this order goes back; it is not sent.',
    );
  if (!moved) throw refusedTransition(order, to);
  await note(tx, { act: `order.${to}`, subject: id, detail: {} });
  return order;
}

interface Contact {
  readonly email?: string | undefined;
  readonly shippingAddress?: Address | undefined;
}

/**
 * Changes where an order that is not yet sent goes, and moves its status: both, or neither where one is refused.
 * `settle` records that it was paid outside Stripe; what that returns is for after the commit.
 * @throws ShopError not_found, invalid_transition.
 */
export async function updateOrder(
  db: Db,
  owner: Owner,
  id: string,
  { status, ...contact }: Contact & { readonly status?: OrderStatus | undefined },
  settle: (tx: Tx) => Promise<() => void>,
): Promise<Order> {
  const { order, committed } = await inTransaction(db, async (tx) => {
    if (Object.keys(contact).length > 0) await moveContact(tx, owner, id, contact);
    const done = status === 'paid' ? await settle(tx) : null;
    if (status === 'cancelled') await cancel(tx, owner, id);
    if (status === 'fulfilled' || status === 'delivered') await advance(tx, id, status);
    const found = await getOrder(tx, owner, id);
    if (status === 'pending' || status === 'expired') throw refusedTransition(found, status);
    return { order: found, committed: done };
  });
  committed?.();
  return order;
}

async function moveContact(tx: Tx, owner: Owner, id: string, contact: Contact): Promise<void> {
  const changed = await changeContact(tx, owner, id, contact);
  const order = await getOrder(tx, owner, id);
  if (!changed)
    throw new ShopError(
      'invalid_transition',
      `An order that is ${order.status} cannot be changed.`,
    );
  await recordEvents(tx, [event('order.contact_changed', id, {})]);
  const detail = { fields: Object.keys(contact) };
  if (owner === null) await note(tx, { act: 'order.contact_changed', subject: id, detail });
}

/** How many units an order has. */
export async function countUnits(tx: Tx, id: string): Promise<number> {
  const lines = await orderLines(tx, [id]);
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}

/** What became of an order when its money arrived. */
export type SettleOutcome = 'paid' | 'already_paid' | 'closed' | 'out_of_stock';

/**
 * Marks an order paid, under its row's lock. Money for an expired order takes its stock again where there is
 * enough; a cancelled order stays cancelled, and one whose buyer was erased expired, as nobody knows where to. The
 * caller gives back the money of any outcome but `paid`.
 */
export async function markPaid(tx: Tx, id: string): Promise<SettleOutcome> {
  const order = await lockOrder(tx, id);
  if (!order) throw notFound('The order');
  if (order.status === 'cancelled') return 'closed';
  if (order.status !== 'pending' && order.status !== 'expired') return 'already_paid';
  if (order.status === 'expired') {
    if ((await holdCustomers(tx, [order.customer_id])).size === 0) return 'closed';
    if (!(await reserve(tx, await orderLines(tx, [id])))) return 'out_of_stock';
  }
  await changeStatus(tx, null, id, { from: [order.status], to: 'paid', stock: 'reserved' });
  await recordEvents(tx, [
    event('order.paid', id, {
      total: { amount: order.total, currency: order.currency },
      late: order.status === 'expired',
    }),
  ]);
  return 'paid';
}

/** Counts refunded money on an order; once it is all refunded, units not yet sent go back to stock. */
export async function noteRefund(tx: Tx, id: string, amount: number): Promise<void> {
  const order = await addRefunded(tx, id, amount);
  if (order.refunded_total < order.total || order.stock_state !== 'reserved') return;
  await release(tx, await orderLines(tx, [id]));
  await markReleased(tx, id);
  await recordEvents(tx, [event('order.stock_released', id, {})]);
}

/** The refusal of a transition the state machine does not have. */
function refusedTransition(order: { status: OrderStatus }, to: OrderStatus): ShopError {
  return new ShopError(
    'invalid_transition',
    `An order that is ${order.status} cannot become ${to}.`,
  );
}
