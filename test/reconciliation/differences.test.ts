import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  capturedOf,
  differencesOf,
  type OwnPayment,
  unknownMoney,
} from '../../src/modules/reconciliation/payment-differences.model.ts';

const own: OwnPayment = {
  paymentIntent: 'pi_1',
  orderId: 'order',
  status: 'succeeded',
  amount: 2000,
  currency: 'USD',
  refunded: { done: 300, asked: 500 },
  changedAt: new Date(0),
};

function captured({ amount = 2000, currency = 'usd', refunded = 300, disputed = false } = {}) {
  const charge = { amount, amount_refunded: refunded, disputed };
  const intent = {
    id: 'pi_1',
    status: 'succeeded',
    amount_received: amount,
    currency,
    latest_charge: charge,
  };
  return {
    intent: intent as unknown as Stripe.PaymentIntent,
    charge: charge as unknown as Stripe.Charge,
  };
}

const kinds = (there: ReturnType<typeof captured>) =>
  differencesOf(there, own).map(({ kind }) => kind);

describe('a payment at Stripe and at the shop', () => {
  it.each([
    ['the same', {}, []],
    ['another amount', { amount: 1999 }, ['payment_differs']],
    ['another currency', { currency: 'eur' }, ['payment_differs']],
    ['a refund under way', { refunded: 500 }, []],
    ['more given back', { refunded: 501 }, ['refunded_differs']],
    ['less given back', { refunded: 299 }, ['refunded_differs']],
    ['a dispute', { disputed: true }, ['payment_disputed']],
  ])('%s', (_what, there, expected) => {
    expect(kinds(captured(there))).toEqual(expected);
  });

  it('is compared where money was captured alone', () => {
    const { intent } = captured();
    expect(capturedOf(intent)).not.toBeNull();
    expect(capturedOf({ ...intent, status: 'processing' })).toBeNull();
    expect(capturedOf({ ...intent, latest_charge: null })).toBeNull();
  });

  it('leaves nothing to explain where all of it went back', () => {
    expect(unknownMoney(captured({ refunded: 2000 }), 'no order', null)).toEqual([]);
    expect(unknownMoney(captured({ refunded: 0 }), 'no order', null)).toHaveLength(1);
  });
});
