import type { Db, Tx } from '../../database/database.ts';
import { invalid, notFound, ShopError } from '../../shared/errors.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { note } from '../../trail/trail.ts';
import { endSessionsOf } from '../identity/own-sessions.service.ts';
import { changePlace } from '../identity/staff-accounts.service.ts';
import { revokeKeysOf } from './api-keys.repository.ts';
import { findMember, listMembers as findMembers } from './members.repository.ts';
import { findRole } from './roles.repository.ts';
import { type Member, OWNER, type Place, type Standing } from './staff.model.ts';
import { findStanding } from './standing.repository.ts';
import { assertWithin, changeStaff } from './standing.service.ts';

/** One of those who work here. @throws ShopError not_found, also for a customer. */
export async function getMember(db: Db, id: string): Promise<Member> {
  const member = await findMember(db, id);
  if (!member) throw notFound('The member of the staff');
  return member;
}

/** A page of those who work here. */
export function listMembers(db: Db, page: PageRequest): Promise<Page<Member>> {
  return findMembers(db, page);
}

/**
 * Gives a member another place. Nobody changes their own, or that of somebody with more rights than they have.
 * @throws ShopError not_found, validation_failed (`roleId`), forbidden.
 */
export function changeMember(db: Db, actorId: string, id: string, place: Place): Promise<Member> {
  return changeStaff(db, actorId, async (tx, actor) => {
    await assertTouchable(tx, actor, { id, actorId });
    await assertGivable(tx, actor, place);
    await changePlace(tx, id, place);
    await note(tx, { act: 'member.changed', subject: id, detail: place });
    return getMember(tx, id);
  });
}

/** Makes a member a customer again; their sessions and the API keys that they made end. @throws ShopError not_found, forbidden. */
export function removeMember(db: Db, actorId: string, id: string): Promise<void> {
  return changeStaff(db, actorId, async (tx, actor) => {
    await assertTouchable(tx, actor, { id, actorId });
    await changePlace(tx, id, { role: 'customer', roleId: null });
    await endSessionsOf(tx, id, { keep: null });
    await revokeKeysOf(tx, id);
    await note(tx, { act: 'member.removed', subject: id, detail: {} });
  });
}

async function assertTouchable(
  tx: Tx,
  actor: Standing,
  { id, actorId }: { id: string; actorId: string },
): Promise<void> {
  const standing = await findStanding(tx, id);
  if (standing === null || standing.role === 'customer') throw notFound('The member of the staff');
  if (id === actorId) throw new ShopError('forbidden', 'Nobody changes their own place.');
  if (standing.role === 'admin' && actor.role !== 'admin')
    throw new ShopError('forbidden', 'Only an owner changes the place of an owner.');
  assertWithin(actor, standing);
}

/** @throws ShopError validation_failed (`roleId`), forbidden when the place is beyond whoever gives it. */
export async function assertGivable(tx: Tx, actor: Standing, place: Place): Promise<void> {
  if (place.role === 'admin' && actor.role !== 'admin')
    throw new ShopError('forbidden', 'Only an owner makes others owners.');
  assertWithin(actor, place.role === 'admin' ? OWNER : await rightsOf(tx, place.roleId));
}

async function rightsOf(tx: Tx, roleId: string) {
  const role = await findRole(tx, roleId);
  if (!role) throw invalid('roleId', 'There is no such role.');
  return role;
}
