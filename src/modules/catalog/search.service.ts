import type { Db } from '../../database/database.ts';
import { decodeCursor } from '../../shared/pages.ts';
import type { ProductRow, ProductStatus } from './catalog.model.ts';
import type { Block, SearchQuery } from './search.model.ts';
import { findInBlock } from './search.repository.ts';

/** What joined a block since it was first shown is shown too, up to so many in all. */
const GROWN_BLOCK = 200;

export const FIRST_BLOCK: Block = {
  tier: 0,
  before: Number.MAX_SAFE_INTEGER,
  after: 0,
  shown: null,
};

export interface Match {
  readonly product: ProductRow;
  /** Where it stands in the whole search: what a cursor holds. */
  readonly at: readonly (string | number)[];
}

/**
 * The next matches of a search, so many or all that are left: the best of the newest block of the first tier first,
 * then older blocks, then the next tier. What is asked of the database is bounded, whatever the number of matches.
 */
export async function findMatches(
  db: Db,
  tiers: readonly SearchQuery[],
  status: ProductStatus | 'all',
  from: Block,
  wanted: number,
): Promise<Match[]> {
  const matches: Match[] = [];
  let block: Block = from;
  let query = tiers[block.tier];
  while (query !== undefined && matches.length < wanted) {
    const limit = wanted - matches.length;
    const most = block.shown ? GROWN_BLOCK : query.blockSize;
    const rows = await findInBlock(db, query, status, block, { most, limit });
    const { tier, before, after } = block.shown ? block : boundsOf(block, rows[0], query.blockSize);
    matches.push(
      ...rows.map(({ score, first: _first, last: _last, size: _size, ...product }) => ({
        product,
        at: [tier, before, after, score, product.id],
      })),
    );
    block =
      after > 0 ? { ...FIRST_BLOCK, tier, before: after + 1 } : { ...FIRST_BLOCK, tier: tier + 1 };
    query = tiers[block.tier];
  }
  return matches;
}

/** The bounds of a block that is met for the first time: what is created later does not move them. */
function boundsOf(
  block: Block,
  row: { first: number; last: number; size: number } | undefined,
  blockSize: number,
): Block {
  if (row === undefined) return block;
  return { ...block, before: row.last + 1, after: row.size < blockSize ? 0 : row.first - 1 };
}

/** @throws ShopError validation_failed for a cursor that no search returned. */
export function readCursor(cursor: string): Block {
  const [tier, before, after, score, id] = decodeCursor(cursor, [
    'number',
    'number',
    'number',
    'number',
    'id',
  ]) as [number, number, number, number, string];
  return { tier, before, after, shown: [score, id] };
}
