import type { FastifyInstance, FastifyReply } from 'fastify';
import type Stripe from 'stripe';
import { authenticatePage } from './authenticate-page.views.ts';
import type { StandInContext } from './context.ts';
import { filledIn, readPayForm, typedIn, withoutSecrets } from './pay-form.ts';
import { payPage } from './pay-page.views.ts';
import { sendNotFound, sendPage, sendState, successUrl } from './pay-reply.ts';
import { authenticate, awaitsAuthentication, pay } from './payments.ts';
import { receiptPage } from './receipt-page.views.ts';
import { attemptPayment, type SessionPayment } from './session-payment.ts';
import { isOverdue } from './sessions.ts';
import type { Checkout } from './tables.ts';

interface PayRoute {
  Params: { id: string };
  Querystring: { fill?: string };
  Body: string | undefined;
}

/** The hosted payment page, its 3-D Secure page and the receipts. */
export function payPageRoutes(app: FastifyInstance, context: StandInContext): void {
  const { store } = context;
  const checkoutOf = (id: string) => store.table('checkouts').get(id);
  const isOpen = (checkout: Checkout) =>
    checkout.session.status === 'open' && !isOverdue(context, checkout);

  app.addHook('preHandler', () => store.settled());

  app.get<PayRoute>('/pay/:id', (request, reply) => {
    const checkout = checkoutOf(request.params.id);
    if (!checkout) return sendNotFound(reply);
    const { session } = checkout;
    if (!isOpen(checkout)) return sendState(reply, 200, session);
    const intent = store.table('paymentIntents').get(String(session.payment_intent));
    const refusal = intent?.last_payment_error?.message ?? null;
    const typed = filledIn(request.query.fill);
    return sendPage(reply, 200, payPage({ checkout, typed, errors: {}, refusal }), session);
  });

  app.post<PayRoute>('/pay/:id', async (request, reply) => {
    const checkout = checkoutOf(request.params.id);
    if (!checkout) return sendNotFound(reply);
    const { session } = checkout;
    if (!isOpen(checkout)) return closed(reply, session);
    const typed = typedIn(request.body ?? '');
    const form = readPayForm(typed, session.customer_email, context.now());
    const shown = { checkout, typed: withoutSecrets(typed), errors: form.errors ?? {} };
    if (form.errors) return sendPage(reply, 422, payPage({ ...shown, refusal: null }), session);
    const payment = await attemptPayment(context, session.id, (tx, open) =>
      pay(context, tx, open, form.card, form.payer),
    );
    if (payment.outcome !== 'declined') return follow(reply, session.id, payment);
    const refusal = `${payment.error.error.message} Nothing was charged: try another card.`;
    return sendPage(reply, 402, payPage({ ...shown, refusal }), session);
  });

  app.get<PayRoute>('/pay/:id/authenticate', (request, reply) => {
    const checkout = checkoutOf(request.params.id);
    if (!checkout) return sendNotFound(reply);
    if (!isOpen(checkout)) return sendState(reply, 200, checkout.session);
    if (!awaitsAuthentication(context, checkout))
      return reply.redirect(`/pay/${checkout.session.id}`, 303);
    return sendPage(reply, 200, authenticatePage(checkout), checkout.session);
  });

  app.post<PayRoute>('/pay/:id/authenticate', async (request, reply) => {
    const { id } = request.params;
    const passed = new URLSearchParams(request.body ?? '').get('result') === 'complete';
    const payment = await attemptPayment(context, id, (tx, open) =>
      authenticate(context, tx, open, passed),
    );
    return follow(reply, id, payment);
  });

  app.get<PayRoute>('/receipts/:id', (request, reply) => {
    const charge = store.table('charges').get(request.params.id);
    return charge?.paid ? sendPage(reply, 200, receiptPage(charge)) : sendNotFound(reply);
  });
}

// A refusal after 3-D Secure is shown by the payment page, from the payment intent's last error.
function follow(reply: FastifyReply, sessionId: string, payment: SessionPayment): FastifyReply {
  switch (payment.outcome) {
    case 'paid':
      return reply.redirect(successUrl(payment.session), 303);
    case 'authentication_required':
      return reply.redirect(`/pay/${sessionId}/authenticate`, 303);
    case 'declined':
    case 'nothing_to_authenticate':
      return reply.redirect(`/pay/${sessionId}`, 303);
    case 'complete':
    case 'expired':
      return closed(reply, payment.checkout.session);
    case 'unknown':
      return sendNotFound(reply);
  }
}

// A second click on Pay cancels the answer to the first: it must end where that one would have led.
function closed(reply: FastifyReply, session: Stripe.Checkout.Session): FastifyReply {
  return session.status === 'complete'
    ? reply.redirect(successUrl(session), 303)
    : sendState(reply, 410, session);
}
