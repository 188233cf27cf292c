import type { Tx } from '../../database/database.ts';
import { ShopError } from '../../shared/errors.ts';
import { formatMoney, type Money } from '../../shared/money.ts';
import { lockSpender, refundedToday } from './refund-limits.repository.ts';

/**
 * Holds whoever refunds to what their role allows within 24 hours, in the transaction of the refund, so that refunds
 * side by side never come to more together. Owners have no limit; a key spends what its maker may.
 * @throws ShopError forbidden, with what is left.
 */
export async function assertWithinLimit(tx: Tx, actorId: string, refund: Money): Promise<void> {
  const spender = await lockSpender(tx, actorId);
  if (spender?.role === 'admin') return;
  if (spender === null || spender.role === 'customer')
    throw new ShopError('forbidden', 'Only people who work here refund.');
  if (spender.limits === null) return;
  const { amount, currency } = refund;
  const limit = spender.limits[currency] ?? 0;
  if (limit === 0)
    throw new ShopError('forbidden', `Your role does not allow refunds in ${currency}.`);
  const left = Math.max(0, limit - (await refundedToday(tx, spender.id, currency)));
  if (amount > left)
    throw new ShopError(
      'forbidden',
      `Your role allows refunds of ${formatMoney({ amount: limit, currency })} within 24 hours; ` +
        `${formatMoney({ amount: left, currency })} of it is left.`,
    );
}
