import type { FastifyInstance, FastifyReply } from 'fastify';
import { authenticatePage } from './authenticate-page.views.ts';
import { TEST_CARDS } from './cards.ts';
import type { StandInContext } from './context.ts';
import { couldBeReal, type PayField, readPayForm, type Typed, typedIn } from './pay-form.ts';
import { messagePage } from './pay-layout.views.ts';
import { grouped, payPage } from './pay-page.views.ts';
import { sendPage, sendState } from './pay-reply.ts';
import { authenticate, awaitsAuthentication, pay, type Payment } from './payments.ts';
import { receiptPage } from './receipt-page.views.ts';
import { attemptPayment } from './session-payment.ts';
import { isOverdue } from './sessions.ts';
import type { Checkout } from './tables.ts';

interface SessionRoute {
  Params: { sessionId: string };
  Querystring: { fill?: string };
  Body: string | undefined;
}

const NOTHING_TYPED = typedIn('');

/** The hosted payment page, its 3-D Secure page and the receipts. */
export function payPageRoutes(app: FastifyInstance, context: StandInContext): void {
  const checkoutOf = (id: string) => context.store.table('checkouts').get(id);

  app.get<SessionRoute>('/pay/:sessionId', async (request, reply) => {
    const checkout = checkoutOf(request.params.sessionId);
    await context.store.settled();
    if (!checkout) return notFound(reply);
    const { session } = checkout;
    if (session.status !== 'open' || isOverdue(context, checkout)) return sendState(reply, session, 200);
    const intent = context.store.table('paymentIntents').get(String(session.payment_intent));
    return sendPage(reply, 200, session, payPage({
      checkout,
      typed: filledIn(request.query.fill),
      errors: {},
      refusal: intent?.last_payment_error?.message ?? null,
    }));
  });

  app.post<SessionRoute>('/pay/:sessionId', async (request, reply) => {
    const { sessionId } = request.params;
    const checkout = checkoutOf(sessionId);
    if (!checkout) return notFound(reply);
    const typed = typedIn(request.body ?? '');
    const read = readPayForm(typed, checkout.session.customer_email, context.now());
    if (read.errors && checkout.session.status === 'open') {
      return showForm(reply, 422, checkout, typed, read.errors, null);
    }
    const result = await attemptPayment(context, sessionId, (tx, open): Payment => {
      if (read.errors) return { outcome: 'authentication_required' };
      return pay(context, tx, open, read.card, read.payer);
    });
    if (result.outcome === 'declined') {
      return showForm(reply, 402, checkout, typed, {}, result.error.error.message);
    }
    if (result.outcome === 'authentication_required') {
      return reply.redirect(`/pay/${sessionId}/authenticate`, 303);
    }
    return conclude(reply, checkout, result.outcome);
  });
}
