import type { IdempotencyClaim } from '../../http/idempotency.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import { formatMoney, type Money } from '../../shared/money.ts';
import type { Cause } from '../../telemetry/spans.ts';
import { MAX_LINES } from '../catalog/catalog.model.ts';
import type { Address } from './orders.model.ts';
import type { OfferRow } from './place-order.repository.ts';

/** Largest quantity of one variant in an order. */
export const MAX_QUANTITY = 9_999;

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
  /** The total that the customer was shown and agreed to, where they were. */
  readonly shownTotal?: Money | undefined;
  readonly claim: IdempotencyClaim | null;
  /** The request, since a batch works for many. */
  readonly cause: Cause;
  /** Whether the order itself answers the claim, or a later step will. */
  readonly answersClaim: boolean;
}

/** A request that has the id of the order it may become. */
export type Draft = PlaceOrder & { readonly id: string };

/** A request with the lines and prices that the shop gives it. */
export interface PricedOrder extends PlaceOrder {
  readonly id: string;
  readonly currency: string;
  readonly subtotal: number;
  readonly lines: readonly (OfferRow & { readonly quantity: number })[];
}

/** What requests name, each id once. */
export function idsOf(requests: readonly PlaceOrder[]): string[] {
  const ids = requests.flatMap(({ items }) =>
    items.map((item) => item.variantId ?? item.productId),
  );
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** What the shop asks, by each of the names that a request may use. */
export interface Offers {
  readonly byVariant: ReadonlyMap<string, readonly OfferRow[]>;
  readonly byProduct: ReadonlyMap<string, readonly OfferRow[]>;
}

export function groupOffers(rows: readonly OfferRow[]): Offers {
  return {
    byVariant: Map.groupBy(rows, ({ variantId }) => variantId),
    byProduct: Map.groupBy(rows, ({ productId }) => productId),
  };
}

/** Gives a request the shop's own lines: one per variant, at the server's prices, in one currency. */
export function price(request: Draft, offers: Offers): PricedOrder | ShopError {
  const lines = new Map<string, OfferRow & { quantity: number }>();
  for (const [index, item] of request.items.entries()) {
    const path = `items.${index}.${item.productId ? 'productId' : 'variantId'}`;
    if ((item.variantId === undefined) === (item.productId === undefined))
      return invalid(path, 'Name either a variantId or a productId.');
    // Ids may be written in capitals, as Swift does.
    const found = item.variantId
      ? offers.byVariant.get(item.variantId.toLowerCase())
      : offers.byProduct.get(item.productId?.toLowerCase() ?? '');
    const live = (found ?? []).filter((offer) => offer.forSale);
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
  if (all.length > MAX_LINES)
    return invalid('items', `At most ${MAX_LINES} different products in one order.`);
  const currency = all[0]?.currency ?? '';
  if (all.some((line) => line.currency !== currency))
    return invalid('items', 'All products of an order must be in one currency.');
  const subtotal = all.reduce((sum, line) => sum + line.price * line.quantity, 0);
  if (request.shownTotal && !isSame(request.shownTotal, { amount: subtotal, currency }))
    return new ShopError(
      'conflict',
      `A price changed since you saw the total: it is ${formatMoney({ amount: subtotal, currency })} now.`,
    );
  return { ...request, currency, subtotal, lines: all };
}

function isSame(one: Money, other: Money): boolean {
  return one.amount === other.amount && one.currency === other.currency;
}
