import type Stripe from 'stripe';
import type { ApiErrorBody } from './api-error.ts';
import { buildBalanceTransaction } from './balance-transaction.objects.ts';
import type { Decline, TestCard } from './cards.ts';
import { buildCharge } from './charge.objects.ts';
import type { StandInContext } from './context.ts';
import { emit } from './events.ts';
import { buildPaymentIntent } from './payment-intent.objects.ts';
import {
  buildPaymentMethod,
  type CardPaymentMethod,
  type Payer,
} from './payment-method.objects.ts';
import { customerDetails } from './session.objects.ts';
import type { Transaction } from './store.ts';
import type { Checkout } from './tables.ts';

/** How an attempt to pay ended. */
export type Payment =
  | {
      readonly outcome: 'paid';
      readonly session: Stripe.Checkout.Session;
      readonly intent: Stripe.PaymentIntent;
      readonly charge: Stripe.Charge;
    }
  | { readonly outcome: 'authentication_required' }
  | { readonly outcome: 'nothing_to_authenticate' }
  | { readonly outcome: 'declined'; readonly error: ApiErrorBody };

const AUTHENTICATION_FAILED: Omit<Decline, 'declineCode'> = {
  code: 'payment_intent_authentication_failure',
  message:
    'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
};

/**
 * Pays an open session with a test card: paid, declined, or waiting for 3-D Secure. The payment intent
 * is made at the first attempt and used again at the next, as Stripe does.
 */
export function pay(
  context: StandInContext,
  tx: Transaction,
  checkout: Checkout,
  card: TestCard,
  payer: Payer,
): Payment {
  const method = buildPaymentMethod(card, payer, context.now());
  tx.put('paymentMethods', method.id, method);
  const intent = intentOf(context, tx, checkout);
  const attempt = {
    context,
    tx,
    checkout,
    method,
    intent: { ...intent, payment_method: method.id },
  };
  if (card.authentication) return askForAuthentication(attempt);
  return charge({ ...attempt, decline: card.decline, authenticated: false });
}

/** Whether the shopper still has to answer the bank's 3-D Secure question for this session. */
export function awaitsAuthentication(context: StandInContext, { session }: Checkout): boolean {
  const intent = context.store.table('paymentIntents').get(String(session.payment_intent));
  return session.status === 'open' && intent?.status === 'requires_action';
}

/** Answers the bank's 3-D Secure question if there is one: passed, the session is charged. */
export function authenticate(
  context: StandInContext,
  tx: Transaction,
  checkout: Checkout,
  passed: boolean,
): Payment {
  const intent = tx.get('paymentIntents', String(checkout.session.payment_intent));
  const method = tx.get('paymentMethods', String(intent?.payment_method));
  if (intent?.status !== 'requires_action' || !method?.card) {
    return { outcome: 'nothing_to_authenticate' };
  }
  const attempt = { context, tx, checkout, method: { ...method, card: method.card }, intent };
  if (passed) return charge({ ...attempt, decline: null, authenticated: true });
  return decline({ ...attempt, decline: AUTHENTICATION_FAILED, chargeId: null });
}

interface Attempt {
  readonly context: StandInContext;
  readonly tx: Transaction;
  readonly checkout: Checkout;
  readonly method: CardPaymentMethod;
  readonly intent: Stripe.PaymentIntent;
}

function intentOf(
  context: StandInContext,
  tx: Transaction,
  checkout: Checkout,
): Stripe.PaymentIntent {
  const existing = tx.get('paymentIntents', String(checkout.session.payment_intent));
  if (existing) return existing;
  const intent = buildPaymentIntent(checkout, context.now());
  emit(context, tx, { type: 'payment_intent.created', data: { object: intent } });
  return intent;
}

function askForAuthentication({ context, tx, checkout, intent }: Attempt): Payment {
  const { session } = checkout;
  const url = `${context.publicBase()}/pay/${session.id}/authenticate`;
  const waiting: Stripe.PaymentIntent = {
    ...intent,
    status: 'requires_action',
    last_payment_error: null,
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: { return_url: session.success_url, url },
    },
  };
  tx.put('paymentIntents', waiting.id, waiting);
  tx.put('checkouts', session.id, {
    ...checkout,
    session: { ...session, payment_intent: waiting.id },
  });
  emit(context, tx, { type: 'payment_intent.requires_action', data: { object: waiting } });
  return { outcome: 'authentication_required' };
}

function charge(
  attempt: Attempt & { readonly decline: Decline | null; readonly authenticated: boolean },
): Payment {
  const { context, tx, intent } = attempt;
  const made = buildCharge({
    ...attempt,
    publicBase: context.publicBase(),
    created: context.now(),
  });
  if (attempt.decline === null) return succeed(attempt, made);
  tx.put('charges', made.id, made);
  emit(context, tx, { type: 'charge.failed', data: { object: made } });
  return decline({
    ...attempt,
    intent: { ...intent, latest_charge: made.id },
    decline: attempt.decline,
    chargeId: made.id,
  });
}

function succeed({ context, tx, checkout, method, intent }: Attempt, made: Stripe.Charge): Payment {
  const entry = buildBalanceTransaction('charge', made);
  const charged: Stripe.Charge = { ...made, balance_transaction: entry.id };
  const settled: Stripe.PaymentIntent = {
    ...intent,
    amount_received: intent.amount,
    latest_charge: charged.id,
    last_payment_error: null,
    next_action: null,
    status: 'succeeded',
  };
  const { email, name } = method.billing_details;
  const session: Stripe.Checkout.Session = {
    ...checkout.session,
    customer_details: customerDetails(email, name),
    payment_intent: settled.id,
    payment_status: 'paid',
    status: 'complete',
    url: null,
  };
  tx.put('balanceTransactions', entry.id, entry);
  tx.put('charges', charged.id, charged);
  tx.put('paymentIntents', settled.id, settled);
  tx.put('checkouts', session.id, { ...checkout, session });
  emit(context, tx, { type: 'charge.succeeded', data: { object: charged } });
  emit(context, tx, { type: 'payment_intent.succeeded', data: { object: settled } });
  emit(context, tx, { type: 'checkout.session.completed', data: { object: session } });
  return { outcome: 'paid', session, intent: settled, charge: charged };
}

function decline({
  context,
  tx,
  checkout,
  method,
  intent,
  decline: { code, message, ...bank },
  chargeId,
}: Attempt & {
  readonly decline: Omit<Decline, 'declineCode'> & Partial<Decline>;
  readonly chargeId: string | null;
}): Payment {
  const error = {
    type: 'card_error',
    ...(chargeId === null ? {} : { charge: chargeId }),
    code,
    ...(bank.declineCode === undefined ? {} : { decline_code: bank.declineCode }),
    doc_url: `https://stripe.com/docs/error-codes/${code}`,
    message,
  } as const;
  const refused: Stripe.PaymentIntent = {
    ...intent,
    last_payment_error: { ...error, payment_method: method },
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  };
  const { session } = checkout;
  tx.put('paymentIntents', refused.id, refused);
  tx.put('checkouts', session.id, {
    ...checkout,
    session: { ...session, payment_intent: refused.id },
  });
  emit(context, tx, { type: 'payment_intent.payment_failed', data: { object: refused } });
  return { outcome: 'declined', error: { error: { ...error, payment_intent: refused } } };
}
