import { createHash } from 'node:crypto';
import type { Db } from '../../database/database.ts';
import { type IdempotencyClaim, resourceOfKey } from '../../http/idempotency.ts';
import { ShopError } from '../../shared/errors.ts';
import type { Money } from '../../shared/money.ts';
import { removeOrdered } from '../cart/cart.service.ts';
import type { OrderDesk, Placed } from '../orders/order-desk.service.ts';
import type { Address } from '../orders/orders.model.ts';
import { getOrder } from '../orders/orders.service.ts';

interface PlaceCheckout {
  readonly customerId: string;
  /** Names the order that the cart becomes: sent again, or from another tab, it is the same order. */
  readonly key: string;
  readonly email: string;
  readonly items: readonly { readonly variantId: string; readonly quantity: number }[];
  readonly shippingAddress: Address;
  readonly shownTotal: Money | undefined;
}

/**
 * Places the order of a cart, once from however many tabs its form is sent, takes the items out of the cart and
 * returns the order's id. @throws ShopError as placing an order does; conflict for a form that shows another total
 * than the order has, or that asks for something else than the cart was ordered with.
 */
export async function placeCheckout(
  deps: { db: Db; orderDesk: OrderDesk },
  { key, ...order }: PlaceCheckout,
): Promise<string> {
  const { customerId, items, email, shippingAddress } = order;
  // With where it goes: who corrected an address in another tab must hear that the order has the one before.
  const asked = JSON.stringify([items, email, shippingAddress]);
  const fingerprint = createHash('sha256').update(asked).digest('hex');
  const claim = { actorId: customerId, route: 'POST /checkout', key, fingerprint };
  const placed = await deps.orderDesk
    .place({ ...order, claim, answersClaim: false })
    .catch((error: unknown) => refuseOtherForm(deps.db, claim, error));
  const orderId = orderOf(placed);
  await removeOrdered(deps.db, customerId, key, items);
  return orderId;
}

function orderOf(placed: Placed): string {
  if (placed.kind === 'placed') return placed.order.id;
  // A form's key leads to its order; no answer is ever stored under it.
  if (placed.outcome.kind === 'finished')
    throw new Error('the key of a checkout form holds an answer');
  return placed.outcome.resourceId;
}

/**
 * The cart was ordered by another form: in another tab, or by a request that died before it emptied the cart. Or by
 * this one, sent to a server of the version before, which knew forms by their items alone.
 */
async function refuseOtherForm(db: Db, claim: IdempotencyClaim, error: unknown): Promise<never> {
  if (!(error instanceof ShopError && error.code === 'idempotency_key_reused')) throw error;
  const orderId = await resourceOfKey(db, claim);
  if (orderId === null) throw error;
  const order = await getOrder(db, claim.actorId, orderId);
  await removeOrdered(db, claim.actorId, claim.key, order.items);
  throw new ShopError(
    'conflict',
    `Your cart was ordered already, as order ${order.number}: its page says with which products and to which address.`,
  );
}
