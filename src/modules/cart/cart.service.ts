import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import type { Money } from '../../shared/money.ts';
import { KEPT_DAYS } from '../../shared/retention.ts';
import { MAX_LINES, type ProductImage } from '../catalog/catalog.model.ts';
import { availableOf, type InventoryPolicy } from '../inventory/inventory.model.ts';
import {
  type CartOwner,
  countItems,
  deleteCartOf,
  deleteStale,
  findCart,
  findOrderKey,
  lockCart,
  mergeCarts,
  renewOrderKey,
  touch,
} from './cart.repository.ts';
import {
  addQuantity,
  type CartItemRow,
  type CartLineRow,
  cartLines,
  holdForSale,
  setQuantity,
  takeOut,
} from './cart-lines.repository.ts';

export type { CartOwner };

/** Largest quantity of one variant in a cart. */
export const MAX_CART_QUANTITY = 999;

/** As many lines as an order takes; a page with all of a large catalogue would hold up every other. */
const MOST = { lines: MAX_LINES, quantity: MAX_CART_QUANTITY } as const;

export interface CartLine {
  readonly variantId: string;
  readonly sku: string;
  readonly title: string;
  readonly variantTitle: string;
  readonly slug: string;
  readonly image: ProductImage | null;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly total: Money;
  readonly available: number;
  readonly inventoryPolicy: InventoryPolicy;
  /** Why this line cannot be ordered as it is, or null. */
  readonly problem: 'unavailable' | 'other_currency' | 'insufficient_stock' | null;
}

/** A cart at the prices and stock of this moment. */
export interface Cart {
  readonly lines: CartLine[];
  readonly count: number;
  /** Of the lines that are for sale in the currency of the first of them; null where there are none. */
  readonly subtotal: Money | null;
  readonly orderable: boolean;
}

/** The owner's cart; an empty one where there is none. */
export async function getCart(db: Db, owner: CartOwner): Promise<Cart> {
  const id = await findCart(db, owner);
  const rows = id === null ? [] : await cartLines(db, id);
  // An order is in one currency.
  const currency = rows.find(({ forSale }) => forSale)?.currency;
  const lines = rows.map((row) => toLine(row, currency));
  const priced = lines.filter(
    ({ problem }) => problem !== 'unavailable' && problem !== 'other_currency',
  );
  return {
    lines,
    count: lines.reduce((sum, line) => sum + line.quantity, 0),
    subtotal:
      currency === undefined
        ? null
        : { amount: priced.reduce((sum, line) => sum + line.total.amount, 0), currency },
    orderable: lines.length > 0 && lines.every((line) => line.problem === null),
  };
}

/** How many units the owner's cart holds. */
export function countCart(db: Db, owner: CartOwner): Promise<number> {
  return countItems(db, owner);
}

/**
 * Adds units to the owner's cart; raced additions add up.
 * @throws ShopError not_found for what is not for sale; conflict where the cart has no room for another product.
 */
export async function addToCart(db: Db, owner: CartOwner, item: CartItemRow): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (!(await holdForSale(tx, item.variantId))) throw notFound('The product');
    const cart = await lockCart(tx, owner);
    if (!(await addQuantity(tx, cart, item, MOST))) throw isFull();
    await touch(tx, cart);
  });
}

/** Sets a line's quantity; 0 takes it out. @throws ShopError as addToCart. */
export async function setCartQuantity(db: Db, owner: CartOwner, item: CartItemRow): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (item.quantity > 0 && !(await holdForSale(tx, item.variantId)))
      throw notFound('The product');
    const cart = await lockCart(tx, owner);
    if (!(await setQuantity(tx, cart, item, MOST))) throw isFull();
    await touch(tx, cart);
  });
}

function isFull(): ShopError {
  return new ShopError(
    'conflict',
    `A cart takes ${MOST.lines} different products at most: order these first, or take one out.`,
  );
}

/** Names the order that the owner's cart becomes: the same for every tab that shows it; null where there is no cart. */
export function orderKeyOf(db: Db, owner: CartOwner): Promise<string | null> {
  return findOrderKey(db, owner);
}

/** Takes what was ordered under `key` out of the customer's cart, once however often it is told. */
export async function removeOrdered(
  db: Db,
  customerId: string,
  key: string,
  ordered: readonly CartItemRow[],
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const cart = await renewOrderKey(tx, customerId, key);
    if (cart !== null) await takeOut(tx, cart, ordered);
  });
}

/** A guest signed in: what they carried joins what they had. */
export async function mergeGuestCart(
  db: Db,
  guest: { tokenHash: Buffer },
  customerId: string,
): Promise<void> {
  if ((await findCart(db, guest)) === null) return;
  await inTransaction(db, async (tx) => {
    const cart = await lockCart(tx, { customerId });
    await mergeCarts(tx, guest.tokenHash, cart, MOST);
  });
}

/** Forgets guests' carts that were left a month ago. */
export function sweepCarts(db: Db): Promise<void> {
  return deleteStale(db, KEPT_DAYS.guestCarts);
}

/** Removes the cart of a customer who is erased. */
export function removeCartOf(tx: Tx, customerId: string): Promise<void> {
  return deleteCartOf(tx, customerId);
}

function toLine(row: CartLineRow, currency: string | undefined): CartLine {
  const money = (amount: number) => ({ amount, currency: row.currency });
  const available = availableOf({ on_hand: row.onHand, reserved: row.reserved });
  return {
    variantId: row.variantId,
    sku: row.sku,
    title: row.title,
    variantTitle: row.variantTitle === 'Default Title' ? '' : row.variantTitle,
    slug: row.slug,
    image: row.image,
    quantity: row.quantity,
    unitPrice: money(row.price),
    total: money(row.price * row.quantity),
    available,
    inventoryPolicy: row.policy,
    problem: problemOf(row, { available, currency }),
  };
}

function problemOf(
  { forSale, currency, policy, quantity }: CartLineRow,
  cart: { readonly available: number; readonly currency: string | undefined },
): CartLine['problem'] {
  if (!forSale) return 'unavailable';
  if (currency !== cart.currency) return 'other_currency';
  return policy === 'deny' && quantity > cart.available ? 'insufficient_stock' : null;
}
