import type { Static } from 'typebox';
import { inTransaction } from '../../database/database.ts';
import {
  type ClaimOutcome,
  claimKey,
  finishKeys,
  type IdempotencyClaim,
} from '../../http/idempotency.ts';
import { invalid } from '../../shared/errors.ts';
import { concerns } from '../../telemetry/context.ts';
import type { OrderDesk } from '../orders/order-desk.service.ts';
import type { Owner } from '../orders/orders.service.ts';
import type { PlaceOrder } from '../orders/price-orders.service.ts';
import { type Checkout, type CheckoutDeps, startCheckout } from './checkout.service.ts';
import type { CheckoutBody } from './payments.schemas.ts';

export interface ItemsCheckout extends CheckoutDeps {
  readonly orderDesk: OrderDesk;
}

export interface Buyer {
  readonly userId: string;
  readonly email: string;
  readonly owner: Owner;
}

export type CheckoutAnswer =
  | { readonly kind: 'checkout'; readonly checkout: Checkout }
  | { readonly kind: 'repeated'; readonly status: number; readonly body: string };

/**
 * Opens the payment page of an order, or places an order of items first. A repeated request finds the order that the
 * first one began and goes on from there, also after a crash between the two steps.
 * @throws ShopError as placing and startCheckout do.
 */
export async function checkoutItems(
  deps: ItemsCheckout,
  buyer: Buyer,
  body: Static<typeof CheckoutBody>,
  claim: IdempotencyClaim | null,
): Promise<CheckoutAnswer> {
  const { orderId, items, ...contact } = body;
  if ((orderId === undefined) === (items === undefined))
    throw invalid('orderId', 'Name either an orderId or items.');
  if (orderId !== undefined && Object.keys(contact).length > 0)
    throw invalid(
      'orderId',
      'Contact and address of an order are changed with PUT /api/orders/:id.',
    );
  const begun =
    orderId === undefined
      ? await beginWithItems(deps, buyer, { ...contact, items: items ?? [] }, claim)
      : await beginWithOrder(deps, orderId, claim);
  if (typeof begun !== 'string')
    return { kind: 'repeated', status: begun.status, body: begun.body };
  const checkout = await startCheckout(deps, buyer.owner, begun);
  await finishKeys(deps.db, [{ claim, status: 201, body: checkout }]);
  return { kind: 'checkout', checkout };
}

type Finished = Extract<ClaimOutcome, { kind: 'finished' }>;

async function beginWithOrder(
  { db }: ItemsCheckout,
  orderId: string,
  claim: IdempotencyClaim | null,
): Promise<string | Finished> {
  concerns(orderId);
  const met = await inTransaction(db, (tx) => claimKey(tx, claim, orderId));
  return met?.kind === 'finished' ? met : orderId;
}

async function beginWithItems(
  { orderDesk }: ItemsCheckout,
  buyer: Buyer,
  body: Omit<Static<typeof CheckoutBody>, 'items' | 'orderId'> & Pick<PlaceOrder, 'items'>,
  claim: IdempotencyClaim | null,
): Promise<string | Finished> {
  const placed = await orderDesk.place({
    customerId: buyer.userId,
    email: body.email ?? buyer.email,
    items: body.items,
    shippingAddress: body.shippingAddress ?? null,
    claim,
    answersClaim: false,
  });
  if (placed.kind === 'placed') return placed.order.id;
  return placed.outcome.kind === 'finished' ? placed.outcome : placed.outcome.resourceId;
}
