import type { Tx } from '../../database/database.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import type { UserRole } from '../../shared/permissions.ts';
import { setPlace } from './user.repository.ts';

/** Gives an account another role in the shop; an event tells when it is another kind of account then. */
export async function changePlace(
  tx: Tx,
  userId: string,
  { role, roleId }: { role: UserRole; roleId: string | null },
): Promise<void> {
  const before = await setPlace(tx, userId, { role, roleId });
  if (before !== role)
    await recordEvents(tx, [event('user.role_changed', userId, { userId, role })]);
}
