import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/modules/story/story.model.ts';
import { quoted } from '../../src/modules/story/story.model.ts';
import { troublesOf } from '../../src/modules/story/trouble.model.ts';

const NOW = new Date('2026-03-01T10:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const worker = { role: 'worker', version: '1', host: 'a', startedAt: ago(900), seenAt: NOW };

/** An order with nothing wrong, and what is laid over it. */
function facts(change: Partial<Omit<Facts, 'order'>> & { order?: Partial<Facts['order']> } = {}) {
  const { order, ...more } = change;
  return {
    now: NOW,
    order: {
      id: 'order-1',
      number: 1001,
      status: 'paid',
      total: 2000,
      refundedTotal: 0,
      currency: 'USD',
      reservedUntil: null,
      createdAt: ago(600),
      updatedAt: ago(300),
      ...order,
    },
    activity: [],
    events: [],
    stripeEvents: [],
    checkouts: [],
    payments: [],
    refunds: [],
    movements: [],
    deliveries: [],
    jobs: [],
    tasks: [],
    findings: [],
    instances: [worker],
    ...more,
  } satisfies Facts;
}

const event = {
  id: 'event-1',
  type: 'order.paid',
  occurredAt: ago(60),
  publishedAt: null,
  attempts: 0,
  deadAt: null,
  lastError: null,
  correlationId: null,
  traceparent: null,
  appliedBy: [],
};
const stripeEvent = {
  id: 'evt_1',
  type: 'payment_intent.succeeded',
  state: 'received',
  note: null,
  attempts: 0,
  correlationId: null,
  receivedAt: ago(60),
  settledAt: null,
} as const;
const checkout = {
  id: 'checkout-1',
  status: 'open',
  sessionId: 'cs_1',
  expiresAt: ago(-900),
  createdAt: ago(60),
  updatedAt: ago(60),
} as const;
const refund = {
  id: 'refund-1',
  paymentId: 'payment-2',
  status: 'pending',
  origin: 'admin',
  amount: 500,
  currency: 'USD',
  providerRefundId: null,
  failure: null,
  createdAt: ago(60),
  updatedAt: ago(60),
} as const;
const request = {
  id: 'a-1',
  at: ago(30),
  kind: 'request',
  name: 'POST /api/checkout',
  outcome: 'failed',
  status: 503,
  code: 'service_unavailable',
  durationMs: 5,
  correlationId: 'c',
  traceId: null,
  orderId: 'order-1',
  actorHash: null,
} as const;

const steps = (given: Facts) => troublesOf(given).map(({ step }) => step);

describe('an order', () => {
  it('that is well has no trouble', () => {
    expect(troublesOf(facts())).toEqual([]);
  });

  it('whose events and Stripe events are a moment old has none: they are on their way', () => {
    const young = facts({
      events: [{ ...event, occurredAt: ago(3) }],
      stripeEvents: [{ ...stripeEvent, receivedAt: ago(3) }],
      refunds: [{ ...refund, createdAt: ago(3) }],
    });
    expect(troublesOf(young)).toEqual([]);
  });

  it('for which something waits while no worker runs has that as its first trouble, at once', () => {
    const waiting = facts({ events: [{ ...event, occurredAt: ago(1) }], instances: [] });
    expect(steps(waiting)).toEqual(['worker', 'event']);
    const webOnly = { ...waiting, instances: [{ ...worker, role: 'web' }] };
    expect(steps(webOnly)).toEqual(['worker', 'event']);
  });

  it('has what is bad before what is worth a look', () => {
    const both = facts({
      order: { status: 'expired' },
      refunds: [{ ...refund, status: 'failed', failure: 'the account is closed' }],
    });
    expect(troublesOf(both).map(({ severity }) => severity)).toEqual(['bad', 'warn']);
  });
});

describe('a request that failed', () => {
  it('is a trouble until the same succeeds', () => {
    expect(steps(facts({ order: { status: 'pending' }, activity: [request] }))).toEqual([
      'request',
    ]);
    const again = { ...request, at: ago(10), outcome: 'ok', status: 201, code: null } as const;
    expect(steps(facts({ order: { status: 'pending' }, activity: [request, again] }))).toEqual([]);
  });

  it('is none where the order moved on since', () => {
    const paid = facts({ order: { updatedAt: ago(5) }, activity: [{ ...request, at: ago(90) }] });
    expect(troublesOf(paid)).toEqual([]);
  });
});

describe('a payment page', () => {
  it('that Stripe did not answer for is told with the circuit, and not twice', () => {
    const unanswered = facts({
      order: { status: 'pending' },
      checkouts: [{ ...checkout, status: 'creating', sessionId: null }],
      activity: [{ ...request, code: 'payment_provider_unavailable' }],
    });
    const told = troublesOf(unanswered, ['stripe']);
    expect(told.map(({ step }) => step)).toEqual(['checkout']);
    expect(told[0]?.what).toContain('its circuit is open');
  });

  it('that Stripe refused is told until another opens', () => {
    const order = { status: 'pending' };
    const failed = { ...checkout, status: 'failed', sessionId: null } as const;
    expect(steps(facts({ order, checkouts: [failed] }))).toEqual(['checkout']);
    expect(steps(facts({ order, checkouts: [failed, checkout] }))).toEqual(['webhook']);
  });
});

describe('money', () => {
  const extra = {
    id: 'payment-2',
    provider: 'stripe',
    providerPaymentId: 'pi_2',
    status: 'succeeded',
    settlesOrder: false,
    amount: 2000,
    refundedAmount: 0,
    currency: 'USD',
    failureCode: null,
    declines: 0,
    createdAt: ago(50),
    updatedAt: ago(50),
  } as const;
  const failed = { ...refund, status: 'failed', failure: 'closed' } as const;

  it('that came twice is told, and badly where it could not be given back', () => {
    const kept = { ...failed, origin: 'automatic' } as const;
    const told = troublesOf(facts({ payments: [extra], refunds: [kept] }));
    expect(told.map(({ step, runbook }) => [step, runbook])).toEqual([
      ['refund', 'parked-money.md'],
      ['payment', 'one-order.md#money-that-was-not-needed'],
    ]);
  });

  it('that could not be given back is no trouble once all of it went back at Stripe', () => {
    const kept = { ...failed, origin: 'automatic', amount: 2000 } as const;
    const half = { ...refund, id: 'refund-2', origin: 'stripe', amount: 1000 } as const;
    const refunds = [kept, { ...half, status: 'succeeded', createdAt: ago(40) } as const];
    const partly = facts({ payments: [{ ...extra, refundedAmount: 1000 }], refunds });
    expect(steps(partly)).toEqual(['refund', 'payment']);
    const wholly = facts({ payments: [{ ...extra, refundedAmount: 2000 }], refunds });
    expect(steps(wholly)).toEqual(['payment']);
  });

  it('of a refund that failed is no trouble once as much of its payment was refunded after it', () => {
    const payments = [{ ...extra, settlesOrder: true, refundedAmount: 500 }];
    const again = { ...refund, id: 'refund-2', status: 'succeeded' } as const;
    const wrong = (change: Partial<Facts['refunds'][number]> = {}) =>
      steps(facts({ payments, refunds: [failed, { ...again, createdAt: ago(40), ...change }] }));
    expect(wrong()).toEqual([]);
    expect(wrong({ amount: 499 })).toEqual(['refund']);
    expect(wrong({ status: 'failed' })).toEqual(['refund', 'refund']);
    expect(wrong({ createdAt: ago(70) })).toEqual(['refund']);
    expect(wrong({ paymentId: 'payment-1' })).toEqual(['refund']);
  });

  it('of a refund that Stripe works on is told by its id there', () => {
    const [told] = troublesOf(facts({ refunds: [{ ...refund, providerRefundId: 're_1' }] }));
    expect(told?.what).toContain('Stripe works on it as re_1');
  });
});

describe('an event', () => {
  it('that cannot be applied is told with its note, one that fails with its consumer', () => {
    const told = troublesOf(
      facts({
        stripeEvents: [{ ...stripeEvent, attempts: 3, note: 'deadlock detected' }],
        events: [{ ...event, attempts: 2, lastError: 'webhooks: no' }],
      }),
    );
    expect(told.map(({ what }) => what)).toEqual([
      'Stripe’s event evt_1 (payment_intent.succeeded) cannot be applied: deadlock detected (3 attempts)',
      'The event order.paid is not sent on: webhooks: no (2 attempts)',
    ]);
  });

  it('that is closed, applied or ignored is none', () => {
    const states = ['closed', 'applied', 'ignored'] as const;
    const stripeEvents = states.map((state) => ({ ...stripeEvent, state }));
    expect(troublesOf(facts({ stripeEvents }))).toEqual([]);
  });
});

it('a finding of reconciliation is told once, by its task where there is one', () => {
  const finding = {
    kind: 'refund_differs',
    subject: 're_1',
    detail: '500 there, 400 here',
    confirmed: true,
    firstSeen: ago(60),
  };
  const task = { id: 't', title: 'A refund differs', state: 'open', ...finding } as const;
  expect(troublesOf(facts({ findings: [finding] }))).toMatchObject([
    { severity: 'warn', href: '/admin/tasks' },
  ]);
  expect(troublesOf(facts({ findings: [finding], tasks: [task] }))).toMatchObject([
    { severity: 'bad', href: '/admin/tasks/t' },
  ]);
});

it('what a failure said is shown by its first line, cut, and without addresses', () => {
  expect(quoted('Mail to ada@example.test refused\n    at send')).toBe('Mail to …@… refused');
  expect(quoted('x'.repeat(1000))).toHaveLength(241);
  expect(quoted(null)).toBe('');
});
