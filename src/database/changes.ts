import type { Db, Tx } from './database.ts';

/** What shoppers may see differently now. */
export interface Change {
  /** Products, their texts, prices and categories: anything may look different. */
  readonly catalogue: boolean;
  /** Variants whose stock moved. */
  readonly variantIds: ReadonlySet<string>;
  /** Feature flags or segments, which every process holds in memory. */
  readonly flags: boolean;
}

/** What something that is kept shows, so that it is let go when any of it changes. */
export interface Shown {
  readonly variantIds: readonly string[];
  /** Whether which products it shows hangs on what is in stock. */
  readonly selectedByStock: boolean;
}

interface Draft {
  catalogue: boolean;
  flags: boolean;
  readonly variantIds: Set<string>;
}

const drafts = new WeakMap<Db, Draft>();
const followers = new WeakMap<Db, (change: Change) => void>();

/**
 * Has a process hear of what the transactions of a handle changed. It is told before whoever asked for the change
 * hears that it is done, and also where a transaction failed: its commit may have happened all the same.
 */
export function followChanges(db: Db, follow: (change: Change) => void): void {
  followers.set(db, follow);
}

/** Says that a transaction moves the stock of variants. */
export function changesStock(tx: Tx, variantIds: Iterable<string>): void {
  const draft = drafts.get(tx);
  for (const id of variantIds) draft?.variantIds.add(id);
}

/** Says that a transaction changes products, or what is said of them. */
export function changesCatalogue(tx: Tx): void {
  const draft = drafts.get(tx);
  if (draft) draft.catalogue = true;
}

/** Says that a transaction changes feature flags, or what they are aimed by. */
export function changesFlags(tx: Tx): void {
  const draft = drafts.get(tx);
  if (draft) draft.flags = true;
}

/** Runs work with a transaction and tells who follows its handle what it changed. */
export async function tellingChanges<T>(
  db: Db,
  run: (begin: (tx: Tx) => void) => Promise<T>,
): Promise<T> {
  const draft: Draft = { catalogue: false, flags: false, variantIds: new Set() };
  try {
    return await run((tx) => drafts.set(tx, draft));
  } finally {
    if (draft.catalogue || draft.flags || draft.variantIds.size > 0) followers.get(db)?.(draft);
  }
}
