import { createHash } from 'node:crypto';
import type { Db } from '../../database/database.ts';
import { removeOrdered } from '../cart/cart.service.ts';
import type { OrderDesk } from '../orders/order-desk.service.ts';
import type { Address } from '../orders/orders.model.ts';

interface PlaceCheckout {
  readonly customerId: string;
  /** Names the form that was sent: sent again, it is the same order. */
  readonly key: string;
  readonly email: string;
  readonly items: readonly { readonly variantId: string; readonly quantity: number }[];
  readonly shippingAddress: Address;
}

/**
 * Places the order of a checkout form, once however often the form is sent, takes its items out of the cart and
 * returns the order's id. @throws ShopError as placing an order does.
 */
export async function placeCheckout(
  { db, orderDesk }: { db: Db; orderDesk: OrderDesk },
  { key, ...order }: PlaceCheckout,
): Promise<string> {
  const { customerId, items } = order;
  const fingerprint = createHash('sha256').update(JSON.stringify(items)).digest('hex');
  const placed = await orderDesk.place({
    ...order,
    claim: { actorId: customerId, route: 'POST /checkout', key, fingerprint },
    answersClaim: false,
  });
  if (placed.kind === 'placed') {
    await removeOrdered(db, { customerId }, items);
    return placed.order.id;
  }
  const { outcome } = placed;
  // A form's key leads to its order; no answer is ever stored under it.
  if (outcome.kind === 'finished') throw new Error('the key of a checkout form holds an answer');
  return outcome.resourceId;
}
