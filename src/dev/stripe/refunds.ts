import type Stripe from 'stripe';
import { ApiError } from './api-error.ts';
import { buildBalanceTransaction } from './balance-transaction.objects.ts';
import type { StandInContext } from './context.ts';
import { formatAmount } from './currency.ts';
import { type EventCause, emit } from './events.ts';
import { newId } from './ids.ts';
import { buildRefund, destination } from './refund.objects.ts';
import type { Transaction } from './store.ts';

/**
 * Gives back part of a charge, or what is left of it where no amount (in minor units) is named.
 * @throws ApiError 400 where the charge failed, or would have given back more than it took.
 */
export function refund(
  context: StandInContext,
  tx: Transaction,
  charge: Stripe.Charge,
  asked: {
    readonly amount: number | null;
    readonly reason: Stripe.Refund.Reason | null;
    readonly metadata: Record<string, string>;
  },
  cause: EventCause,
): Stripe.Refund {
  const amount = refundable(charge, asked.amount);
  const made = buildRefund({ charge, ...asked, amount, created: context.now() });
  const entry = buildBalanceTransaction('refund', made);
  const created: Stripe.Refund = { ...made, balance_transaction: entry.id };
  const charged = withRefund(charge, created);
  // The bank names its reference a moment after Stripe makes the refund; here at once.
  const settled = { ...created, destination_details: destination(newId('', 16)) };
  tx.put('balanceTransactions', entry.id, entry);
  tx.put('refunds', settled.id, settled);
  tx.put('charges', charge.id, withRefund(charge, settled));
  const { amount_refunded, refunded } = charge;
  const before = { amount_refunded, refunded };
  emit(context, tx, { type: 'refund.created', data: { object: created } }, cause);
  emit(
    context,
    tx,
    { type: 'charge.refunded', data: { object: charged, previous_attributes: before } },
    cause,
  );
  const pending = { destination_details: destination(null) };
  const update = { object: settled, previous_attributes: pending };
  emit(context, tx, { type: 'refund.updated', data: update }, cause);
  emit(context, tx, { type: 'charge.refund.updated', data: update }, cause);
  return created;
}

function refundable(charge: Stripe.Charge, asked: number | null): number {
  if (!charge.paid) {
    throw new ApiError(`Charge ${charge.id} has failed and cannot be refunded.`, {
      code: 'charge_not_refundable',
      kept: true,
    });
  }
  const left = charge.amount_captured - charge.amount_refunded;
  if (left === 0) {
    throw new ApiError(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
      kept: true,
    });
  }
  const amount = asked ?? left;
  if (amount < 1) {
    throw new ApiError('Invalid positive integer', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    });
  }
  if (amount > left) {
    const [greater, most] = [amount, left].map((value) => formatAmount(value, charge.currency));
    throw new ApiError(
      `Refund amount (${greater}) is greater than unrefunded amount on charge (${most})`,
      { param: 'amount', kept: true },
    );
  }
  return amount;
}

function withRefund(charge: Stripe.Charge, made: Stripe.Refund): Stripe.Charge {
  const amountRefunded = charge.amount_refunded + made.amount;
  return {
    ...charge,
    amount_refunded: amountRefunded,
    refunded: amountRefunded === charge.amount_captured,
    refunds: {
      object: 'list',
      data: [made, ...(charge.refunds?.data ?? [])],
      has_more: false,
      url: `/v1/charges/${charge.id}/refunds`,
    },
  };
}
