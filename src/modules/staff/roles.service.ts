import { isDeepStrictEqual } from 'node:util';
import type { Db, Tx } from '../../database/database.ts';
import { changedMeanwhile, invalid, notFound, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { isCurrency } from '../../shared/money.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { note } from '../../trail/trail.ts';
import {
  deleteRole,
  findRole,
  listRoles as findRoles,
  insertRole,
  isAwaited,
  isNameTaken,
  updateRole,
} from './roles.repository.ts';
import { assertWritesAreRead, type RoleInput, type StaffRole } from './staff.model.ts';
import { assertWithin, changeStaff } from './standing.service.ts';

/** One role. @throws ShopError not_found. */
export async function getRole(db: Db, id: string): Promise<StaffRole> {
  const role = await findRole(db, id);
  if (!role) throw notFound('The role');
  return role;
}

/** A page of roles, oldest first. */
export function listRoles(db: Db, page: PageRequest): Promise<Page<StaffRole>> {
  return findRoles(db, page);
}

/**
 * Makes a role, within the rights of whoever makes it.
 * @throws ShopError validation_failed, conflict (`name` taken), forbidden (more than they have themselves).
 */
export function createRole(db: Db, actorId: string, given: RoleInput): Promise<StaffRole> {
  const input = acceptable(given);
  return changeStaff(db, actorId, async (tx, actor) => {
    assertWithin(actor, input);
    const id = newId();
    if (!(await insertRole(tx, id, input))) throw nameTaken();
    const detail = { permissions: input.permissions, refundsLimited: input.refundLimits !== null };
    await note(tx, { act: 'role.created', subject: id, detail });
    return getRole(tx, id);
  });
}

/**
 * Changes a role for everybody who has it; nobody changes their own, or one with more rights than they have. `seen` is
 * when it was changed last, as whoever asks saw it; left out: they change it whatever it is.
 * @throws ShopError not_found, validation_failed, forbidden; conflict for a name that is taken, or where somebody else
 * changed it since it was seen.
 */
export function changeRole(
  db: Db,
  actorId: string,
  { id, seen, ...given }: RoleInput & { readonly id: string; readonly seen?: string },
): Promise<StaffRole> {
  const input = acceptable(given);
  return changeStaff(db, actorId, async (tx, actor) => {
    const role = await getRole(tx, id);
    if (actor.roleId === id) throw new ShopError('forbidden', 'Nobody changes their own role.');
    assertWithin(actor, role);
    assertWithin(actor, input);
    if (await isNameTaken(tx, id, input.name)) throw nameTaken();
    const detail = difference(role, input);
    const isStale = seen !== undefined && seen !== role.updatedAt;
    // What is as it is asked to be, it was asked for twice.
    if (isStale && Object.values(detail).flat().length > 0) throw changedMeanwhile();
    await updateRole(tx, id, input);
    await note(tx, { act: 'role.changed', subject: id, detail });
    return getRole(tx, id);
  });
}

/** Deletes a role that nobody has. @throws ShopError not_found, conflict (in use), forbidden. */
export function removeRole(db: Db, actorId: string, id: string): Promise<void> {
  return changeStaff(db, actorId, async (tx, actor) => {
    const role = await getRole(tx, id);
    assertWithin(actor, role);
    await assertUnused(tx, role);
    await deleteRole(tx, id);
    await note(tx, { act: 'role.deleted', subject: id, detail: {} });
  });
}

async function assertUnused(tx: Tx, { id, members }: StaffRole): Promise<void> {
  if (members > 0)
    throw new ShopError(
      'conflict',
      members === 1 ? 'Somebody has this role.' : `${members} people have this role.`,
    );
  if (await isAwaited(tx, id))
    throw new ShopError('conflict', 'Somebody is invited into this role.');
}

function difference(before: StaffRole, after: RoleInput) {
  const fields = (['name', 'refundLimits'] as const).filter(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  );
  return {
    given: after.permissions.filter((permission) => !before.permissions.includes(permission)),
    taken: before.permissions.filter((permission) => !after.permissions.includes(permission)),
    fields,
  };
}

function nameTaken(): ShopError {
  const message = 'Another role has this name.';
  return new ShopError('conflict', message, { errors: [{ path: 'name', message }] });
}

function acceptable({ name, permissions, refundLimits }: RoleInput): RoleInput {
  const trimmed = name.trim();
  if (trimmed === '') throw invalid('name', 'Give the role a name.');
  assertWritesAreRead(permissions, 'permissions');
  const currencies = refundLimits?.map(({ currency }) => currency) ?? [];
  const unknown = currencies.find((currency) => !isCurrency(currency));
  if (unknown !== undefined) throw invalid('refundLimits', `${unknown} is not a currency.`);
  if (new Set(currencies).size < currencies.length)
    throw invalid('refundLimits', 'Each currency has one limit.');
  const sorted = refundLimits?.toSorted((a, b) => (a.currency < b.currency ? -1 : 1)) ?? null;
  return { name: trimmed, permissions: [...new Set(permissions)], refundLimits: sorted };
}
