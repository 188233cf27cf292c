import { ApiError, type ApiErrorBody, noSuch } from './api-error.ts';
import { digitsOf, findTestCard, isCardNumber } from './cards.ts';
import type { StandInContext } from './context.ts';
import { authenticate, pay } from './payments.ts';
import { attemptPayment, type SessionPayment } from './session-payment.ts';

/** What a script is told: a payment's ids, or an error as Stripe words it. */
interface ScriptedPayment {
  readonly status: number;
  readonly body: ApiErrorBody | Record<'sessionId' | 'paymentIntent' | 'charge' | 'status', string>;
}

/**
 * Pays a session as a shopper with that card would, 3-D Secure included: 200 with the charge's ids, 402
 * declined, 404 no such session, 409 already paid or expired.
 */
export async function payFromScript(
  context: StandInContext,
  sessionId: string,
  asked: {
    readonly card: string;
    readonly authentication?: 'complete' | 'fail';
    readonly name?: string;
    readonly email?: string;
  },
): Promise<ScriptedPayment> {
  const number = digitsOf(asked.card);
  const card = findTestCard(number);
  if (!card) return refusedNumber(number);
  const payment = await attemptPayment(context, sessionId, (tx, open) => {
    const email = open.session.customer_email ?? asked.email ?? null;
    const payer = { name: asked.name ?? 'Test Shopper', email, expMonth: 12, expYear: 2034 };
    return pay(context, tx, open, card, payer);
  });
  if (payment.outcome !== 'authentication_required') return told(sessionId, payment);
  const passed = asked.authentication !== 'fail';
  return told(
    sessionId,
    await attemptPayment(context, sessionId, (tx, open) => authenticate(context, tx, open, passed)),
  );
}

function told(sessionId: string, payment: SessionPayment): ScriptedPayment {
  switch (payment.outcome) {
    case 'paid': {
      const { intent, charge } = payment;
      const body = {
        sessionId,
        paymentIntent: intent.id,
        charge: charge.id,
        status: intent.status,
      };
      return { status: 200, body };
    }
    case 'declined':
      return { status: 402, body: payment.error };
    case 'unknown':
      return refused(noSuch('checkout.session', sessionId, 'session'));
    case 'complete':
    case 'expired':
      return closed(payment.outcome);
    case 'authentication_required':
    case 'nothing_to_authenticate':
      // Another attempt on the session came between the two steps of this one.
      return closed('being paid by somebody else');
  }
}

function closed(state: string): ScriptedPayment {
  const code = 'checkout_session_not_open';
  return refused(
    new ApiError(`This Checkout Session is ${state}; it cannot be paid.`, { status: 409, code }),
  );
}

function refusedNumber(number: string): ScriptedPayment {
  const [code, message] = isCardNumber(number)
    ? [
        'card_declined',
        'Your card was declined. Your request was in test mode, but used a non test card.',
      ]
    : ['incorrect_number', 'Your card number is incorrect.'];
  return refused(new ApiError(message, { status: 402, type: 'card_error', code, param: 'number' }));
}

function refused(error: ApiError): ScriptedPayment {
  return { status: error.status, body: error.body };
}
