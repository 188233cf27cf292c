import { type Db, inTransaction } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import { forgetKeysAbout, forgetKeysOf } from '../../http/idempotency.ts';
import { ShopError } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import { removeCartOf } from '../cart/cart.service.ts';
import { removeFactors } from '../factors/enrol.service.ts';
import { forgetVisitor } from '../flags/visitors.service.ts';
import {
  eraseAccount,
  lockCustomer,
  unusablePasswordHash,
} from '../identity/erase-account.service.ts';
import { removeLinks } from '../oidc/oidc-account.service.ts';
import { eraseOrdersOf, openOrdersOf } from '../orders/erase-orders.service.ts';
import { eraseBuyers } from '../payments/erase-buyers.service.ts';
import { forgetInvitationOf } from '../staff/invitations.service.ts';
import { eraseNotes } from '../tasks/tasks.service.ts';
import { finishErasure, insertErasure, resumeErasures } from './erasures.repository.ts';

/** The job that takes a person out of their orders; its payload names the user. */
export const ERASE_CUSTOMER = 'erase_customer';
/** Its line: those of several thousand orders each take minutes, and leave the other jobs their slots. */
const ERASURES = 'erasures';

const ORDERS_AT_ONCE = 50;

/**
 * Erases a customer: the account at once, and by a job their orders, which stay with their amounts and countries.
 * @throws ShopError not_found; forbidden for staff; conflict while an order is under way, which needs its address.
 */
export async function eraseCustomer(db: Db, userId: string): Promise<void> {
  const passwordHash = await unusablePasswordHash();
  await inTransaction(db, async (tx) => {
    const { email } = await lockCustomer(tx, userId);
    const open = await openOrdersOf(tx, userId);
    if (open.length > 0)
      throw new ShopError(
        'conflict',
        `Orders are still under way: ${open.join(', ')}. Once they are delivered, cancelled or given back, all can be erased.`,
      );
    if (!(await insertErasure(tx, userId)))
      throw new ShopError('conflict', 'This customer is erased already.');
    await eraseAccount(tx, userId, { email, passwordHash });
    await removeFactors(tx, userId);
    await removeLinks(tx, userId);
    await forgetInvitationOf(tx, email);
    await removeCartOf(tx, userId);
    await forgetVisitor(tx, userId);
    await forgetKeysOf(tx, userId);
    await enqueueJob(
      tx,
      ERASE_CUSTOMER,
      { userId },
      { jobKey: `erase:${userId}`, queue: ERASURES },
    );
    await note(tx, { act: 'customer.erased', subject: userId, detail: {} });
  });
}

/** The job: some orders a transaction, so that one that is cut off goes on where it stood. */
export async function eraseOrders(db: Db, userId: string): Promise<void> {
  for (;;) {
    const done = await inTransaction(db, async (tx) => {
      const orderIds = await eraseOrdersOf(tx, userId, ORDERS_AT_ONCE);
      const moneyIds = await eraseBuyers(tx, orderIds);
      await eraseNotes(tx, orderIds);
      await forgetKeysAbout(tx, [...orderIds, ...moneyIds]);
      if (orderIds.length === 0) await finishErasure(tx, userId);
      return orderIds.length === 0;
    });
    if (done) return;
  }
}

/** Goes on with erasures whose job was lost. */
export async function sweepErasures(db: Db): Promise<void> {
  await resumeErasures(db, ERASE_CUSTOMER, ERASURES);
}
