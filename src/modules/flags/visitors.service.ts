import { changesFlags } from '../../database/changes.ts';
import type { Db, Tx } from '../../database/database.ts';
import { deleteVisitsOf, findVisitorOf, linkVisitor, untarget } from './exposures.repository.ts';

/**
 * Somebody signed in. Where their browser took part in roll-outs as `visitorId`, what they saw is theirs from now on.
 * Returns the visitor that they are in every browser; null: the customer's own id is.
 */
export async function recogniseVisitor(
  db: Db,
  visitorId: string | null,
  customerId: string,
): Promise<string | null> {
  if (visitorId !== null) await linkVisitor(db, visitorId, customerId);
  const first = await findVisitorOf(db, customerId);
  return first === customerId ? null : first;
}

/** Takes a customer who is erased out of experiments, segments and rules. */
export async function forgetVisitor(tx: Tx, customerId: string): Promise<void> {
  await deleteVisitsOf(tx, customerId);
  if (await untarget(tx, customerId)) changesFlags(tx);
}
