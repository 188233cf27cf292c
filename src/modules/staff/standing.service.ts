import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import type { Permission } from '../../shared/permissions.ts';
import { beyond, type RoleInput, type Standing } from './staff.model.ts';
import { findStanding, lockStaff } from './standing.repository.ts';

/**
 * Runs a change of who may do what: one at a time, and by somebody who may do so at that moment, whatever the
 * request was let in with.
 * @throws ShopError forbidden when they may not (any more).
 */
export function changeStaff<T>(
  db: Db,
  actorId: string,
  work: (tx: Tx, actor: Standing) => Promise<T>,
): Promise<T> {
  return inTransaction(db, async (tx) => {
    await lockStaff(tx);
    const actor = await findStanding(tx, actorId);
    if (!actor?.permissions.has('staff:write'))
      throw new ShopError('forbidden', 'This needs the permission staff:write.');
    return work(tx, actor);
  });
}

/** What somebody may do now, to show them no more. @throws ShopError not_found without such an account. */
export async function standingOf(db: Db, userId: string): Promise<Standing> {
  const standing = await findStanding(db, userId);
  if (standing === null) throw notFound('The account');
  return standing;
}

/** Nobody gives what they do not have, or takes it away. @throws ShopError forbidden, naming what is beyond them. */
export function assertWithin(
  actor: Standing,
  role: Pick<RoleInput, 'refundLimits'> & { readonly permissions: Iterable<Permission> },
): void {
  const more = beyond(actor, role);
  if (more.length > 0)
    throw new ShopError('forbidden', `This is beyond your own rights: ${more.join(', ')}.`);
}
