import type {
  OpenedSession,
  ProviderRefund,
  SessionRequest,
  StripeGateway,
} from '../../src/modules/payments/stripe.gateway.ts';

/**
 * What use cases ask of Stripe, written down, and answers that a test decides on. How Stripe itself behaves is the
 * stand-in's to say; here it is what the shop makes of each answer.
 */
export function askedOfStripe() {
  const asked: string[] = [];
  /** What the next call throws. */
  const failures: Error[] = [];
  const known = {
    sessions: new Map<string, OpenedSession>(),
    refunds: new Map<string, ProviderRefund>(),
  };
  const requests: SessionRequest[] = [];
  let refundStatus: ProviderRefund['status'] = 'succeeded';

  function note(call: string): void {
    asked.push(call);
    const failure = failures.shift();
    if (failure) throw failure;
  }

  const gateway: StripeGateway = {
    mode: 'test',
    async openSession(request) {
      requests.push(request);
      note(`open ${request.checkoutId}`);
      const { expiresAt } = request;
      return { sessionId: `cs_${request.checkoutId}`, url: 'https://pay.example', expiresAt };
    },
    async closeSession(sessionId) {
      note(`close ${sessionId}`);
    },
    async findSession({ id }) {
      note(`find ${id}`);
      return known.sessions.get(id) ?? null;
    },
    async refund({ refundId, paymentIntent, amount }) {
      note(`refund ${amount} of ${paymentIntent}`);
      return { providerRefundId: `re_${refundId}`, status: refundStatus };
    },
    async findRefund({ refundId }) {
      note(`find refund ${refundId}`);
      return known.refunds.get(refundId) ?? null;
    },
    verifyEvent() {
      throw new Error('no webhooks here');
    },
  };

  return {
    ...{ gateway, asked, failures, known, requests },
    /** What becomes of refunds from here on. */
    answerRefunds(status: ProviderRefund['status']): void {
      refundStatus = status;
    },
    /** Forgets what was asked and what is to fail. */
    reset(): void {
      for (const list of [asked, failures, requests]) list.length = 0;
      refundStatus = 'succeeded';
    },
  };
}
