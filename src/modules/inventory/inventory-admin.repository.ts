import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import type { PageRequest } from '../../shared/pages.ts';
import type { InventoryPolicy, MovementKind } from './inventory.model.ts';
import { MAX_ON_HAND } from './inventory.model.ts';

export interface LevelRow {
  variant_id: string;
  on_hand: number;
  reserved: number;
  policy: InventoryPolicy;
}

export interface Movement {
  readonly variantId: string;
  readonly kind: Extract<MovementKind, 'receipt' | 'adjustment'>;
  readonly delta: number;
  readonly reason: string;
  readonly actorId: string | null;
}

/** Reads levels and holds them until the transaction ends, in id order as everybody locks them. */
export function lockLevels(tx: Tx, variantIds: readonly string[]): Promise<LevelRow[]> {
  return tx
    .selectFrom('stock_levels')
    .select(['variant_id', 'on_hand', 'reserved', 'policy'])
    .where('variant_id', 'in', variantIds)
    .orderBy('variant_id')
    .forUpdate()
    .execute();
}

export async function insertLevels(
  tx: Tx,
  levels: readonly { variantId: string; onHand: number; policy: InventoryPolicy }[],
): Promise<void> {
  await tx
    .insertInto('stock_levels')
    .values(
      levels.map(({ variantId, onHand, policy }) => ({
        variant_id: variantId,
        on_hand: onHand,
        reserved: 0,
        policy,
      })),
    )
    .execute();
}

export async function insertMovements(tx: Tx, movements: readonly Movement[]): Promise<void> {
  await tx
    .insertInto('stock_movements')
    .values(
      movements.map(({ variantId, kind, delta, reason, actorId }) => ({
        variant_id: variantId,
        kind,
        on_hand_delta: delta,
        reserved_delta: 0,
        order_id: null,
        reason,
        actor_id: actorId,
      })),
    )
    .execute();
}

/** Sets on hand and policy where what is reserved allows it; whether it did. */
export async function setLevel(
  tx: Tx,
  level: { variantId: string; onHand: number; policy: InventoryPolicy },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('stock_levels')
    .set({ on_hand: level.onHand, policy: level.policy, updated_at: sql`now()` })
    .where('variant_id', '=', level.variantId)
    .where(sql<boolean>`(${level.policy} = 'continue' OR ${level.onHand}::int >= reserved)`)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Adds to on hand in one conditional statement; undefined when the level is missing or the result not allowed. */
export function addOnHand(tx: Tx, variantId: string, delta: number): Promise<LevelRow | undefined> {
  return tx
    .updateTable('stock_levels')
    .set({ on_hand: sql`on_hand + ${delta}::int`, updated_at: sql`now()` })
    .where('variant_id', '=', variantId)
    .where(
      sql<boolean>`on_hand::bigint + ${delta}::int BETWEEN ${-MAX_ON_HAND}::int AND ${MAX_ON_HAND}::int`,
    )
    .where(sql<boolean>`(policy = 'continue' OR on_hand::bigint + ${delta}::int >= reserved)`)
    .returning(['variant_id', 'on_hand', 'reserved', 'policy'])
    .executeTakeFirst();
}

export interface StockRow extends LevelRow {
  product_id: string;
  product_slug: string;
  product_title: string;
  sort_title: string;
  position: number;
  title: string;
  sku: string;
  updated_at: Date;
}

export interface StockFilter {
  /** Part of a product's title or of a SKU. */
  readonly query?: string | undefined;
  /** Only variants with at most so many units available. */
  readonly low?: number | undefined;
  readonly variantId?: string | undefined;
}

/** Levels of variants on sale by product title, one more than asked for. */
export async function findStock(
  db: Db,
  { query, low, variantId }: StockFilter,
  { limit, after }: { limit: number; after: readonly (string | number)[] | null },
): Promise<StockRow[]> {
  const pattern = query === undefined ? null : `%${query.replace(/[\\%_]/g, '\\$&')}%`;
  const [title = null, productId = null, position = null, id = null] = after ?? [];
  const { rows } = await sql<StockRow>`
    SELECT level.variant_id, level.on_hand, level.reserved, level.policy, level.updated_at,
      product.id AS product_id, product.slug AS product_slug, product.title AS product_title,
      product.sort_title, variant.position, variant.title, variant.sku
    FROM products product
    JOIN variants variant ON variant.product_id = product.id
    JOIN stock_levels level ON level.variant_id = variant.id
    WHERE (variant.archived_at IS NULL OR variant.id = ${variantId ?? null}::uuid)
      AND (${variantId ?? null}::uuid IS NULL OR variant.id = ${variantId ?? null}::uuid)
      AND (${pattern}::text IS NULL OR product.title ILIKE ${pattern} OR variant.sku ILIKE ${pattern})
      AND (${low ?? null}::int IS NULL OR level.on_hand - level.reserved <= ${low ?? null}::int)
      AND (${title}::text IS NULL OR (product.sort_title >= ${title}
        AND (product.sort_title, product.id, variant.position, variant.id)
          > (${title}, ${productId}::uuid, ${position}::bigint, ${id}::uuid)))
    ORDER BY product.sort_title, product.id, variant.position, variant.id
    LIMIT ${limit + 1}`.execute(db);
  return rows;
}

export interface MovementRow {
  id: number;
  kind: MovementKind;
  on_hand_delta: number;
  reserved_delta: number;
  order_id: string | null;
  reason: string;
  actor_id: string | null;
  created_at: Date;
}

/** A variant's ledger, newest first, one more than asked for. */
export function findMovements(
  db: Db,
  variantId: string,
  { limit }: PageRequest,
  before: number | null,
): Promise<MovementRow[]> {
  return db
    .selectFrom('stock_movements')
    .select([
      'id',
      'kind',
      'on_hand_delta',
      'reserved_delta',
      'order_id',
      'reason',
      'actor_id',
      'created_at',
    ])
    .where('variant_id', '=', variantId)
    .$if(before !== null, (query) => query.where('id', '<', before))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
}
