import type { Tx } from '../../database/database.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import {
  type ClaimOutcome,
  claimKeys,
  finishKeys,
  type IdempotencyClaim,
  releaseKeys,
} from '../../http/idempotency.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { type Cause, inSpan } from '../../telemetry/spans.ts';
import { reserve } from '../inventory/inventory.service.ts';
import type { Address, Order } from './orders.model.ts';
import {
  findOffers,
  holdCustomers,
  insertOrders,
  type OfferRow,
} from './place-order.repository.ts';

/** What a customer asks for; a product with one variant may be named by its own id. */
export interface PlaceOrder {
  readonly customerId: string;
  readonly email: string;
  readonly items: readonly {
    readonly variantId?: string;
    readonly productId?: string;
    readonly quantity: number;
  }[];
  readonly shippingAddress: Address | null;
  readonly claim: IdempotencyClaim | null;
  /** The request, since a batch works for many. */
  readonly cause: Cause;
  /** Whether the order itself answers the claim, or a later step will. */
  readonly answersClaim: boolean;
}

/** A request with the lines and prices that the shop gives it. */
export interface PricedOrder extends PlaceOrder {
  readonly id: string;
  readonly currency: string;
  readonly subtotal: number;
  readonly lines: readonly (OfferRow & { readonly quantity: number })[];
}

export type Placement =
  | { readonly kind: 'placed'; readonly order: Order }
  | { readonly kind: 'repeated'; readonly outcome: ClaimOutcome }
  | { readonly kind: 'refused'; readonly error: ShopError }
  /** Fits, but an earlier order of the batch stood before it and was refused: place again. */
  | { readonly kind: 'contested' };

/**
 * Places many orders in one transaction and gives each its own answer: keys are claimed, lines priced by the
 * server, stock taken first come first served, and orders, lines, events and answers written, all with set-based
 * statements. `now` and prices are the transaction's.
 */
export async function placeOrders(
  tx: Tx,
  requests: readonly PlaceOrder[],
  { reservationSeconds }: { reservationSeconds: number },
): Promise<Placement[]> {
  const drafts = requests.map((request) => ({ ...request, id: newId() }));
  const answers = new Map<string, Placement>();

  const repeated = await claimKeys(
    tx,
    drafts.map(({ claim, id }) => ({ claim, resourceId: id })),
  );
  for (const [id, outcome] of repeated)
    answers.set(
      id,
      outcome instanceof ShopError
        ? { kind: 'refused', error: outcome }
        : { kind: 'repeated', outcome },
    );

  const fresh = drafts.filter((draft) => !answers.has(draft.id));
  const customers = await holdCustomers(tx, [...new Set(fresh.map((draft) => draft.customerId))]);
  const offers = await findOffers(tx, idsOf(fresh));
  const priced: PricedOrder[] = [];
  for (const draft of fresh) {
    const result = customers.has(draft.customerId) ? price(draft, offers) : noAccount();
    if (result instanceof ShopError) answers.set(draft.id, { kind: 'refused', error: result });
    else priced.push(result);
  }

  const wanted = priced.flatMap((order) =>
    order.lines.map(({ variantId, quantity }) => ({ orderId: order.id, variantId, quantity })),
  );
  const verdicts = await inSpan('reserve stock', { 'mainstay.batch.size': wanted.length }, () =>
    reserve(tx, wanted),
  );
  for (const { id } of priced) {
    const verdict = verdicts.get(id);
    if (verdict === 'contested') answers.set(id, { kind: 'contested' });
    else if (verdict !== 'reserved') answers.set(id, { kind: 'refused', error: outOfStock() });
  }

  const accepted = priced.filter((order) => !answers.has(order.id));
  if (accepted.length > 0) {
    const orders = await insertOrders(tx, accepted, reservationSeconds);
    const causes = new Map(accepted.map(({ id, cause }) => [id, cause]));
    await recordEvents(
      tx,
      orders.map((order) => placedEvent(order, causes.get(order.id))),
    );
    const answered = accepted.filter((order) => order.answersClaim);
    await finishKeys(
      tx,
      answered.map(({ claim, id }) => ({
        claim,
        status: 201,
        body: orders.find((order) => order.id === id),
      })),
    );
    for (const order of orders) answers.set(order.id, { kind: 'placed', order });
  }
  // A refusal is no final outcome: the key may be tried again.
  await releaseKeys(
    tx,
    fresh.filter(({ id }) => answers.get(id)?.kind !== 'placed').map(({ claim }) => claim),
  );
  return drafts.map(({ id }) => answers.get(id) ?? { kind: 'contested' });
}

function placedEvent(order: Order, cause: Cause | undefined) {
  const { id, number, total } = order;
  const items = order.items.map(({ variantId, quantity }) => ({ variantId, quantity }));
  return { ...event('order.placed', id, { number, total, items }), ...(cause && { cause }) };
}

function idsOf(requests: readonly PlaceOrder[]): string[] {
  const ids = requests.flatMap(({ items }) =>
    items.map((item) => item.variantId ?? item.productId),
  );
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** Gives a request the shop's own lines: one per variant, at the server's prices, in one currency. */
function price(
  request: PlaceOrder & { id: string },
  offers: readonly OfferRow[],
): PricedOrder | ShopError {
  const lines = new Map<string, OfferRow & { quantity: number }>();
  for (const [index, item] of request.items.entries()) {
    const path = `items.${index}.${item.productId ? 'productId' : 'variantId'}`;
    if ((item.variantId === undefined) === (item.productId === undefined))
      return invalid(path, 'Name either a variantId or a productId.');
    const found = offers.filter((offer) =>
      item.variantId ? offer.variantId === item.variantId : offer.productId === item.productId,
    );
    const live = found.filter((offer) => offer.forSale);
    const [offer] = live;
    if (!offer) return invalid(path, 'There is no such product for sale.');
    if (live.length > 1)
      return invalid(path, 'This product has several variants: name one by its variantId.');
    const quantity = (lines.get(offer.variantId)?.quantity ?? 0) + item.quantity;
    if (quantity > MAX_QUANTITY)
      return invalid(`items.${index}.quantity`, `At most ${MAX_QUANTITY} of one product.`);
    lines.set(offer.variantId, { ...offer, quantity });
  }
  const all = [...lines.values()];
  const currency = all[0]?.currency ?? '';
  if (all.some((line) => line.currency !== currency))
    return invalid('items', 'All products of an order must be in one currency.');
  const subtotal = all.reduce((sum, line) => sum + line.price * line.quantity, 0);
  return { ...request, currency, subtotal, lines: all };
}

/** Largest quantity of one variant in an order. */
export const MAX_QUANTITY = 9_999;

function noAccount(): ShopError {
  return new ShopError('unauthenticated', 'This account does not exist any more.');
}

function outOfStock(): ShopError {
  return new ShopError(
    'insufficient_stock',
    'There is not enough in stock for this order; nothing was reserved.',
  );
}
