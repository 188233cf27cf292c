import type Stripe from 'stripe';
import { refundStatus, takeInRefund } from '../payments/heal.service.ts';
import { idOf, ourId } from '../payments/stripe-ids.model.ts';
import { type OwnRefund, ownPayments, ownRefunds, waitingRefunds } from './books.repository.ts';
import { subjectsOf } from './findings.repository.ts';
import { noteFindings } from './findings.service.ts';
import { type Look, readThrough } from './look.service.ts';
import { type Finding, refundKinds } from './reconciliation.model.ts';

/** Most refunds that a run asks for one by one. */
const ONE_BY_ONE = 100;

/** Compares Stripe's refunds with the shop's, and notes the fate of those that wait for it. */
export async function lookAtRefunds(look: Look): Promise<boolean> {
  const { records } = look.deps;
  return readThrough(look, 'refunds', records.refunds, (refunds) => compareRefunds(look, refunds));
}

/** Looks again at what was found before, and at refunds that wait for long. */
export async function lookAtRefundsAgain(look: Look): Promise<void> {
  const { db, records } = look.deps;
  const ids = new Set([
    ...(await subjectsOf(db, refundKinds, { notOfRun: look.runId, limit: ONE_BY_ONE })),
    ...(await waitingRefunds(db, { changedBefore: look.quietBefore, limit: ONE_BY_ONE })),
  ]);
  for (const id of ids) {
    look.assertAlive();
    const refund = await records.refund(id);
    if (refund) await compareRefunds(look, [refund]);
    // Gone from Stripe: what the payment's sums say is what counts.
    else await noteFindings(look, { kinds: refundKinds, subjects: [id] }, []);
  }
}

async function compareRefunds(look: Look, refunds: readonly Stripe.Refund[]): Promise<void> {
  const { deps, compared } = look;
  compared.refunds += refunds.length;
  const settled = refunds.filter(({ created }) => new Date(created * 1000) <= look.quietBefore);
  const own = await ownRefunds(deps.db, {
    theirs: settled.map(({ id }) => id),
    ours: settled.map(ownIdOf).filter((id) => id !== null),
  });
  const findings: Finding[] = [];
  const subjects: string[] = [];
  for (const refund of settled) {
    const known =
      own.find(({ providerRefundId }) => providerRefundId === refund.id) ??
      own.find(({ id }) => id === ownIdOf(refund));
    if (known && known.changedAt >= look.quietBefore) continue;
    subjects.push(refund.id);
    findings.push(...(await (known ? compareKnown(look, refund, known) : takeIn(look, refund))));
  }
  await noteFindings(look, { kinds: refundKinds, subjects }, findings);
}

async function compareKnown(look: Look, refund: Stripe.Refund, own: OwnRefund): Promise<Finding[]> {
  const status = refundStatus(refund.status);
  if (own.status === 'pending' && status !== 'pending') {
    await takeInRefund(look.deps, refund);
    look.healed.refunds += 1;
    look.deps.logger.warn({ refundId: own.id, status }, 'learnt the fate of a refund');
  } else if (own.status !== status)
    return [differs(refund, own, `it is ${status} at Stripe and ${own.status} at the shop`)];
  const currency = refund.currency.toUpperCase();
  if (refund.amount === own.amount && currency === own.currency) return [];
  const detail = `${refund.amount} ${currency} at Stripe, ${own.amount} ${own.currency} at the shop`;
  return [differs(refund, own, detail)];
}

/** A refund that the shop did not make: its books follow, if it is of one of its payments. */
async function takeIn(look: Look, refund: Stripe.Refund): Promise<Finding[]> {
  if (refundStatus(refund.status) === 'failed') return [];
  const intent = idOf(refund.payment_intent);
  const [payment] = intent === null ? [] : await ownPayments(look.deps.db, [intent]);
  if (!payment) {
    // Of money that the shop does not have: what of it is left at Stripe is the payment's finding.
    if (intent !== null) look.pointedTo.add(intent);
    return [];
  }
  const { refused } = await takeInRefund(look.deps, refund);
  if (refused === null) {
    look.healed.refunds += 1;
    look.deps.logger.warn({ refund: refund.id }, 'took a refund in that was made at Stripe');
    return [];
  }
  const detail = `${refund.amount} ${refund.currency.toUpperCase()} of ${intent}: ${refused}`;
  return [{ kind: 'refund_unknown', subject: refund.id, detail, orderId: payment.orderId }];
}

function differs({ id }: Stripe.Refund, own: OwnRefund, detail: string): Finding {
  return { kind: 'refund_differs', subject: id, detail, orderId: own.orderId };
}

const ownIdOf = ({ metadata }: Stripe.Refund): string | null => ourId(metadata?.refund_id);
