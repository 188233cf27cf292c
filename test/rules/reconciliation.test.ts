import type Stripe from 'stripe';
import { describe, expect, it, test } from 'vitest';
import {
  capturedOf,
  differencesOf,
  missingMoney,
  type OwnPayment,
  unknownMoney,
} from '../../src/modules/reconciliation/payment-differences.model.ts';
import {
  findingKinds,
  paymentKinds,
  refundKinds,
} from '../../src/modules/reconciliation/reconciliation.model.ts';

/** 20.00 USD that Stripe captured, of which nothing went back. */
function intent(given: Partial<Stripe.PaymentIntent> = {}): Stripe.PaymentIntent {
  return {
    ...{ id: 'pi_1', status: 'succeeded', amount_received: 2000, currency: 'usd' },
    latest_charge: { amount: 2000, amount_refunded: 0, disputed: false },
    ...given,
  } as Stripe.PaymentIntent;
}
const charge = (given: Partial<Stripe.Charge>) =>
  intent({
    latest_charge: { ...(intent().latest_charge as Stripe.Charge), ...given },
  });
const captured = (given = intent()) => {
  const found = capturedOf(given);
  if (!found) throw new Error('nothing was captured');
  return found;
};
const own: OwnPayment = {
  ...{ paymentIntent: 'pi_1', orderId: 'order', status: 'succeeded', amount: 2000 },
  ...{ currency: 'USD', refunded: { done: 0, asked: 0 }, changedAt: new Date(0) },
};
const found = (stripe: Stripe.PaymentIntent, given: Partial<OwnPayment> = {}) =>
  differencesOf(captured(stripe), { ...own, ...given }).map(({ kind, detail }) => [kind, detail]);

describe('money that Stripe captured', () => {
  it('is what succeeded and has its charge; nothing else counts', () => {
    expect(capturedOf(intent())).toEqual({ intent: intent(), charge: intent().latest_charge });
    expect(capturedOf(intent({ status: 'requires_capture' }))).toBeNull();
    expect(capturedOf(intent({ latest_charge: null }))).toBeNull();
    expect(capturedOf(intent({ latest_charge: 'ch_1' }))).toBeNull();
  });

  it('is as the shop has it where amount and currency are, whatever the case', () => {
    expect(found(intent())).toEqual([]);
  });

  test.each<[string, Partial<OwnPayment>, string]>([
    ['less', { amount: 2001 }, 'Stripe captured 2000 USD, the shop has 2001 USD'],
    ['more', { amount: 1999 }, 'Stripe captured 2000 USD, the shop has 1999 USD'],
    ['something else', { currency: 'EUR' }, 'Stripe captured 2000 USD, the shop has 2000 EUR'],
  ])('and is %s than the shop has is found', (_what, given, detail) => {
    expect(found(intent(), given)).toEqual([['payment_differs', detail]]);
  });

  it('and that a customer disputes is found', () => {
    expect(found(charge({ disputed: true, amount: 1500 }))).toEqual([
      ['payment_disputed', 'the customer disputes 1500 USD with their bank'],
    ]);
  });

  it('names payment and order, and everything that differs', () => {
    const all = differencesOf(captured(charge({ disputed: true, amount_refunded: 5 })), {
      ...own,
      amount: 1,
    });
    expect(all.map(({ kind }) => kind)).toEqual([
      ...['payment_differs', 'refunded_differs', 'payment_disputed'],
    ]);
    for (const finding of all) expect(finding).toMatchObject({ subject: 'pi_1', orderId: 'order' });
  });
});

describe('what went back', () => {
  test.each<[number, number, number, string | null]>([
    [0, 0, 0, null],
    [500, 500, 500, null],
    // Under way: it may have gone already, or not yet, or in part.
    [0, 0, 500, null],
    [500, 0, 500, null],
    [200, 0, 500, null],
    [500, 300, 500, null],
    [501, 0, 500, '501 USD went back at Stripe, 0 at the shop and 500 under way'],
    [299, 300, 500, '299 USD went back at Stripe, 300 at the shop and 200 under way'],
    [0, 1, 1, '0 USD went back at Stripe, 1 at the shop'],
    [1, 0, 0, '1 USD went back at Stripe, 0 at the shop'],
  ])('%d at Stripe, where the shop has %d done of %d asked: %s', (back, done, asked, detail) => {
    expect(found(charge({ amount_refunded: back }), { refunded: { done, asked } })).toEqual(
      detail === null ? [] : [['refunded_differs', detail]],
    );
  });
});

describe('money that one side alone has', () => {
  it('is told with why the shop cannot take it in, unless all of it went back', () => {
    const told = (back: number, orderId: string | null = null) =>
      unknownMoney(captured(charge({ amount_refunded: back })), 'no order has it', orderId);
    expect(told(0, 'order')).toEqual([
      {
        kind: 'payment_unknown',
        subject: 'pi_1',
        detail: '2000 USD captured: no order has it',
        orderId: 'order',
      },
    ]);
    expect(told(1999)).toMatchObject([
      { detail: '2000 USD captured, 1999 given back: no order has it', orderId: null },
    ]);
    expect(told(2000)).toEqual([]);
    expect(told(2001)).toEqual([]);
  });

  it('is missing where the shop counts what Stripe does not', () => {
    const about = { kind: 'payment_missing', subject: 'pi_1', orderId: 'order' };
    const books = '2000 USD captured by the shop’s books; ';
    expect(missingMoney(own, null)).toEqual({
      ...about,
      detail: `${books}Stripe knows no such payment`,
    });
    expect(missingMoney(own, intent({ status: 'canceled' }))).toEqual({
      ...about,
      detail: `${books}at Stripe it is canceled`,
    });
  });
});

describe('a finding', () => {
  it('is looked at twice where something under way explains it, and is an error where money is', () => {
    const kinds = Object.entries(findingKinds);
    const twice = kinds.filter(([, { secondLook }]) => secondLook).map(([kind]) => kind);
    expect(twice).toEqual(['refunded_differs', 'refund_unknown', 'refund_differs']);
    const mild = kinds.filter(([, { severity }]) => severity !== 'error').map(([kind]) => kind);
    expect(mild).toEqual(['event_parked']);
    expect(findingKinds.event_parked.severity).toBe('warning');
  });

  it('has a title of its own, and its kind says what at Stripe it is about', () => {
    const titles = Object.values(findingKinds).map(({ title }) => title);
    expect(titles.every((title) => /^[A-Z].{10}/.test(title))).toBe(true);
    expect(new Set(titles).size).toBe(titles.length);
    const known = Object.keys(findingKinds);
    expect(known).toEqual(expect.arrayContaining([...paymentKinds, ...refundKinds]));
    expect(paymentKinds.every((kind) => /^(payment|refunded)_/.test(kind))).toBe(true);
    expect(refundKinds.every((kind) => /^refund_/.test(kind))).toBe(true);
  });
});
