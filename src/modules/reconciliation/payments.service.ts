import type Stripe from 'stripe';
import { takeInPayment } from '../payments/heal.service.ts';
import { ourId } from '../payments/stripe-ids.model.ts';
import { ownPayments, paymentsAfter, paymentsBetween } from './books.repository.ts';
import { keepPlace, placeIn } from './cursors.repository.ts';
import { subjectsOf } from './findings.repository.ts';
import { noteFindings } from './findings.service.ts';
import { type Look, readThrough } from './look.service.ts';
import {
  type CapturedIntent,
  capturedOf,
  differencesOf,
  missingMoney,
  type OwnPayment,
  unknownMoney,
} from './payment-differences.model.ts';
import { type Finding, paymentKinds } from './reconciliation.model.ts';

/** Most payments of a kind that a run asks for one by one. */
const ONE_BY_ONE = 100;
/** Old payments that each run compares anew. */
const OF_HISTORY = 25;

/** Compares Stripe's payments with the shop's, and takes in what no event told of. */
export function lookAtPayments(look: Look): Promise<boolean> {
  return readThrough(look, 'payments', look.deps.records.intents, (intents) =>
    comparePayments(
      look,
      intents.map(({ id }) => id),
      intents,
    ),
  );
}

/**
 * Looks one by one at payments that Stripe's list did not show: those that were found or pointed to before, those
 * that the shop took in lately, and in turn all that it ever took in.
 */
export async function lookAtPaymentsAgain(look: Look): Promise<void> {
  const { db } = look.deps;
  const lately = look.window
    ? await paymentsBetween(db, { ...look.window, limit: 10 * ONE_BY_ONE })
    : [];
  const history = await nextOfHistory(look);
  const known = { notOfRun: look.runId, limit: ONE_BY_ONE };
  const wanted = [
    ...(await subjectsOf(db, paymentKinds, known)),
    ...look.pointedTo,
    ...lately,
    ...history,
  ].filter((id) => !look.seenPayments.has(id));
  for (const id of new Set(wanted.slice(0, 3 * ONE_BY_ONE))) {
    look.assertAlive();
    const intent = await look.deps.records.intent(id);
    await comparePayments(look, [id], intent ? [intent] : []);
  }
}

async function nextOfHistory(look: Look): Promise<string[]> {
  const { db } = look.deps;
  const after = await placeIn(db, 'history');
  const bounds = { madeBefore: look.quietBefore, limit: OF_HISTORY };
  const payments = await paymentsAfter(db, after, bounds);
  await keepPlace(
    db,
    'history',
    payments.length < OF_HISTORY ? null : (payments.at(-1)?.id ?? null),
  );
  return payments.map(({ paymentIntent }) => paymentIntent);
}

/** `intents` are what Stripe has of `ids`, read before the shop's own rows are. */
async function comparePayments(
  look: Look,
  ids: readonly string[],
  intents: readonly Stripe.PaymentIntent[],
): Promise<void> {
  const { deps, compared, seenPayments } = look;
  const own = new Map(
    (await ownPayments(deps.db, ids)).map((payment) => [payment.paymentIntent, payment]),
  );
  const findings: Finding[] = [];
  const subjects: string[] = [];
  for (const id of ids) {
    seenPayments.add(id);
    const intent = intents.find((one) => one.id === id) ?? null;
    const payment = own.get(id);
    const captured = intent && capturedOf(intent);
    if (isUnderWay(look, captured, payment)) continue;
    compared.payments += 1;
    subjects.push(id);
    findings.push(...(await compare(look, { intent, captured, payment })));
  }
  await noteFindings(look, { kinds: paymentKinds, subjects }, findings);
}

function isUnderWay(
  { quietBefore }: Look,
  captured: CapturedIntent | null,
  payment: OwnPayment | undefined,
): boolean {
  if (captured && new Date(captured.charge.created * 1000) > quietBefore) return true;
  return payment !== undefined && payment.changedAt >= quietBefore;
}

async function compare(
  look: Look,
  seen: {
    intent: Stripe.PaymentIntent | null;
    captured: CapturedIntent | null;
    payment: OwnPayment | undefined;
  },
): Promise<Finding[]> {
  const { intent, captured, payment } = seen;
  const taken = payment?.status === 'succeeded' ? payment : null;
  if (captured) return taken ? differencesOf(captured, taken) : takeIn(look, captured);
  return taken ? [missingMoney(taken, intent)] : [];
}

async function takeIn(look: Look, captured: CapturedIntent): Promise<Finding[]> {
  const { intent } = captured;
  const { refused } = await takeInPayment(look.deps, intent);
  if (refused !== null) return unknownMoney(captured, refused, ourId(intent.metadata.order_id));
  look.healed.payments += 1;
  look.deps.logger.warn({ paymentIntent: intent.id }, 'took a payment in that no event told of');
  return [];
}
