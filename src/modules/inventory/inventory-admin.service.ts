import { type Db, inTransaction } from '../../database/database.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import { decodeCursor, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import { note } from '../../trail/trail.ts';
import { availableOf, type InventoryPolicy, type MovementKind } from './inventory.model.ts';
import {
  addOnHand,
  findMovements,
  findStock,
  type StockFilter,
  type StockRow,
} from './inventory-admin.repository.ts';
import { belowReserved, recordMovements } from './stock-changes.service.ts';

export interface StockItem {
  readonly variantId: string;
  readonly productId: string;
  readonly productSlug: string;
  readonly productTitle: string;
  readonly title: string;
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
  readonly inventoryPolicy: InventoryPolicy;
  readonly updatedAt: string;
}

export interface StockMovement {
  readonly id: number;
  readonly kind: MovementKind;
  readonly onHandDelta: number;
  readonly reservedDelta: number;
  readonly orderId: string | null;
  readonly reason: string;
  readonly actorId: string | null;
  readonly createdAt: string;
}

/** The stock of every variant on sale, by product title. */
export async function listStock(
  db: Db,
  { limit, cursor, ...filter }: StockFilter & PageRequest,
): Promise<Page<StockItem>> {
  const after =
    cursor === undefined ? null : decodeCursor(cursor, ['string', 'id', 'number', 'id']);
  const rows = await findStock(db, filter, { limit, after });
  const { data, nextCursor } = toPage(rows, limit, (row) => [
    row.sort_title,
    row.product_id,
    row.position,
    row.variant_id,
  ]);
  return { data: data.map(toStockItem), nextCursor };
}

/** One variant's stock. @throws ShopError not_found */
export async function getStock(db: Db, variantId: string): Promise<StockItem> {
  const [row] = await findStock(db, { variantId }, { limit: 1, after: null });
  if (!row) throw notFound('The variant');
  return toStockItem(row);
}

/** A variant's ledger, newest first. @throws ShopError not_found */
export async function listMovements(
  db: Db,
  variantId: string,
  page: PageRequest,
): Promise<Page<StockMovement>> {
  await getStock(db, variantId);
  const [before] = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number']);
  const rows = await findMovements(
    db,
    variantId,
    page,
    before === undefined ? null : Number(before),
  );
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [row.id]);
  return {
    data: data.map((row) => ({
      id: row.id,
      kind: row.kind,
      onHandDelta: row.on_hand_delta,
      reservedDelta: row.reserved_delta,
      orderId: row.order_id,
      reason: row.reason,
      actorId: row.actor_id,
      createdAt: row.created_at.toISOString(),
    })),
    nextCursor,
  };
}

/**
 * Adds or takes units by hand, with the reason in the ledger.
 * @throws ShopError not_found; conflict when it would go below what orders have reserved.
 */
export function adjustStock(
  db: Db,
  adjustment: { variantId: string; delta: number; reason: string; actorId: string | null },
): Promise<StockItem> {
  const { variantId, delta } = adjustment;
  return inTransaction(db, async (tx) => {
    const level = await addOnHand(tx, variantId, delta);
    if (!level) {
      const { reserved } = await getStock(tx, variantId);
      throw delta < 0
        ? belowReserved(reserved)
        : new ShopError('conflict', 'That is more than the shop can keep count of.');
    }
    await recordMovements(tx, [{ ...adjustment, kind: 'adjustment' }]);
    const stock = await getStock(tx, variantId);
    const detail = { delta, onHand: stock.onHand };
    await note(tx, { act: 'stock.adjusted', subject: variantId, detail });
    return stock;
  });
}

function toStockItem(row: StockRow): StockItem {
  return {
    variantId: row.variant_id,
    productId: row.product_id,
    productSlug: row.product_slug,
    productTitle: row.product_title,
    title: row.title,
    sku: row.sku,
    onHand: row.on_hand,
    reserved: row.reserved,
    available: availableOf(row),
    inventoryPolicy: row.policy,
    updatedAt: row.updated_at.toISOString(),
  };
}
