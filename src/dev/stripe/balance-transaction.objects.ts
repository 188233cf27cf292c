import type Stripe from 'stripe';
import { newId } from './ids.ts';

const TWO_DAYS = 2 * 24 * 3600;

/**
 * Builds the entry that a charge or refund makes in the account's balance: minor units, negative for a
 * refund. The stand-in takes no fee.
 */
export function buildBalanceTransaction(
  type: 'charge' | 'refund',
  source: Stripe.Charge | Stripe.Refund,
): Stripe.BalanceTransaction {
  const amount = type === 'charge' ? source.amount : -source.amount;
  return {
    id: newId('txn_'),
    object: 'balance_transaction',
    amount,
    available_on: source.created + TWO_DAYS,
    balance_type: 'payments',
    created: source.created,
    currency: source.currency,
    description: source.description ?? null,
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: amount,
    reporting_category: type,
    source: source.id,
    status: 'pending',
    type,
  };
}
