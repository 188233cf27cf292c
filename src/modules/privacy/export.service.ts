import { type Db, inSnapshot, inTransaction } from '../../database/database.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import { accountOf } from '../identity/account.service.ts';
import { readCustomer } from './export.repository.ts';

/**
 * Everything that the shop holds of a person, as JSON for people and programs. Mails are not kept once they are sent.
 * That it was taken out is noted first, so that the export tells of itself.
 * @throws ShopError not_found.
 */
export async function exportPerson(db: Db, userId: string): Promise<string> {
  await inTransaction(db, (tx) =>
    note(tx, { act: 'customer.exported', subject: userId, detail: {} }),
  );
  const { profile, ...held } = await inSnapshot(db, (tx) => readCustomer(tx, userId));
  if (profile[0] === undefined) throw notFound('The customer');
  const all = { exportedAt: new Date().toISOString(), profile: profile[0], ...held };
  return JSON.stringify(all, null, 2);
}

/** As exportPerson, for staff: of customers alone. @throws ShopError not_found; forbidden for an account of staff. */
export async function exportCustomer(db: Db, userId: string): Promise<string> {
  const { role } = await accountOf(db, userId).catch((error: unknown) => {
    throw error instanceof ShopError ? notFound('The customer') : error;
  });
  if (role !== 'customer')
    throw new ShopError('forbidden', 'Only what is held of customers is exported here.');
  return exportPerson(db, userId);
}
