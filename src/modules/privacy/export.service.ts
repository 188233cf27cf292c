import { Readable } from 'node:stream';
import { type Db, inSnapshot, inTransaction } from '../../database/database.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import { accountOf } from '../identity/account.service.ts';
import { readCustomer } from './export.repository.ts';

/**
 * Everything that the shop holds of a person, as JSON for people and programs, in parts. Mails are not kept once they are
 * sent. That it was taken out is noted first, so that the export tells of itself.
 * @throws ShopError not_found.
 */
export async function exportPerson(db: Db, userId: string): Promise<Readable> {
  await inTransaction(db, (tx) =>
    note(tx, { act: 'customer.exported', subject: userId, detail: {} }),
  );
  const { profile, ...held } = await inSnapshot(db, (tx) => readCustomer(tx, userId));
  if (profile[0] === undefined) throw notFound('The customer');
  const about = { exportedAt: new Date().toISOString(), profile: profile[0] };
  return Readable.from(write(about, held));
}

const ROWS_AT_ONCE = 100;

/** In parts, as all of somebody with thousands of orders, written at once, would hold up everybody else. */
function* write(about: object, held: Readonly<Record<string, readonly object[]>>) {
  yield JSON.stringify(about, null, 2).replace(/\n\}$/, '');
  for (const [name, rows] of Object.entries(held)) {
    yield `,\n  ${JSON.stringify(name)}: [`;
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const part = JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE), null, 2).slice(2, -2);
      yield `${from === 0 ? '' : ','}\n  ${part.replaceAll('\n', '\n  ')}`;
    }
    yield rows.length === 0 ? ']' : '\n  ]';
  }
  yield '\n}';
}

/** As exportPerson, for staff: of customers alone. @throws ShopError not_found; forbidden for an account of staff. */
export async function exportCustomer(db: Db, userId: string): Promise<Readable> {
  const { role } = await accountOf(db, userId).catch((error: unknown) => {
    throw error instanceof ShopError ? notFound('The customer') : error;
  });
  if (role !== 'customer')
    throw new ShopError('forbidden', 'Only what is held of customers is exported here.');
  return exportPerson(db, userId);
}
