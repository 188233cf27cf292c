import { changesStock } from '../../database/changes.ts';
import type { Tx } from '../../database/database.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import { ShopError } from '../../shared/errors.ts';
import type { InventoryPolicy } from './inventory.model.ts';
import {
  insertLevels,
  insertMovements,
  type LevelRow,
  lockLevels,
  type Movement,
  setLevel,
} from './inventory-admin.repository.ts';

/** What a variant's stock is to be; what is left out stays. */
export interface StockTarget {
  readonly variantId: string;
  readonly onHand?: number | undefined;
  /** What was on hand as whoever counted saw it: a count of another state says nothing of this one. */
  readonly seen?: number | undefined;
  readonly policy?: InventoryPolicy | undefined;
}

/** Opens the stock of new variants: the level, and a movement in the ledger where there are units or some are owed. */
export async function openStock(
  tx: Tx,
  targets: readonly StockTarget[],
  actorId: string | null,
): Promise<void> {
  if (targets.length === 0) return;
  const levels = targets.map(({ variantId, onHand = 0, policy = 'deny' }) => ({
    variantId,
    onHand,
    policy,
  }));
  await insertLevels(tx, levels);
  const opened = levels
    .filter(({ onHand }) => onHand !== 0)
    .map(({ variantId, onHand }) => ({
      variantId,
      kind: onHand > 0 ? ('receipt' as const) : ('adjustment' as const),
      delta: onHand,
      reason: 'Opening stock',
      actorId,
    }));
  await recordMovements(tx, opened);
}

/** Holds the levels of variants against sales until the transaction ends; taken before any lock on variants. */
export async function holdStock(
  tx: Tx,
  variantIds: readonly string[],
): Promise<Map<string, LevelRow>> {
  if (variantIds.length === 0) return new Map();
  const rows = await lockLevels(tx, variantIds);
  return new Map(rows.map((row) => [row.variant_id, row]));
}

/**
 * Brings held levels to their targets, with an adjustment in the ledger for each that moves; returns how many changed.
 * @throws ShopError conflict when a target is below what orders have reserved, or units moved since they were counted.
 */
export async function setStock(
  tx: Tx,
  held: ReadonlyMap<string, LevelRow>,
  targets: readonly StockTarget[],
  { actorId, reason }: { actorId: string | null; reason: string },
): Promise<number> {
  const movements: Movement[] = [];
  let changed = 0;
  for (const target of targets) {
    const level = held.get(target.variantId);
    if (!level) continue;
    const onHand = target.onHand ?? level.on_hand;
    const policy = target.policy ?? level.policy;
    if (onHand === level.on_hand && policy === level.policy) continue;
    const isStale = target.seen !== undefined && target.seen !== level.on_hand;
    if (isStale && onHand !== level.on_hand) throw moved(level.on_hand);
    if (!(await setLevel(tx, { variantId: target.variantId, onHand, policy })))
      throw belowReserved(level.reserved);
    changed += 1;
    const delta = onHand - level.on_hand;
    if (delta !== 0)
      movements.push({ variantId: target.variantId, kind: 'adjustment', delta, reason, actorId });
  }
  await recordMovements(tx, movements);
  return changed;
}

/** Writes the ledger and one event for each movement. */
export async function recordMovements(tx: Tx, movements: readonly Movement[]): Promise<void> {
  if (movements.length === 0) return;
  changesStock(
    tx,
    movements.map(({ variantId }) => variantId),
  );
  await insertMovements(tx, movements);
  await recordEvents(
    tx,
    movements.map(({ variantId, kind, delta, reason }) =>
      event('stock.adjusted', variantId, { kind, delta, reason }),
    ),
  );
}

function moved(onHand: number): ShopError {
  return new ShopError(
    'conflict',
    `Units of a variant moved since you opened it: ${onHand} are on hand now. Open it again, and count from there.`,
  );
}

export function belowReserved(reserved: number): ShopError {
  return new ShopError(
    'conflict',
    `Orders hold ${reserved} of this variant: its stock cannot go below that.`,
  );
}
