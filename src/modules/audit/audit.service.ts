import { type Db, inSnapshot, type Tx } from '../../database/database.ts';
import type { TrailHead } from '../../trail/trail.ts';
import type { CheckResult } from './audit.model.ts';
import { runCheck } from './audit.repository.ts';
import { deliveryChecks } from './audit-deliveries.repository.ts';
import { eventChecks } from './audit-events.repository.ts';
import { ledgerChecks } from './audit-ledger.repository.ts';
import { orderChecks } from './audit-orders.repository.ts';
import { paymentChecks } from './audit-payments.repository.ts';
import { stockChecks } from './audit-stock.repository.ts';
import { streamChecks } from './audit-streams.repository.ts';
import { headCheck, trailChecks } from './audit-trail.repository.ts';
import { waitingChecks } from './audit-waiting.repository.ts';

/** Every invariant that the audit checks, stock first. */
export const checks = [
  ...stockChecks,
  ...orderChecks,
  ...paymentChecks,
  ...ledgerChecks,
  ...eventChecks,
  ...streamChecks,
  ...deliveryChecks,
  ...trailChecks,
  ...waitingChecks,
];

/** The checks about stock, by name. */
export const stockCheckNames: readonly string[] = stockChecks.map(({ name }) => name);

/**
 * Checks every invariant on one snapshot of the database: what a running shop commits meanwhile is either wholly
 * seen or not at all, so there is no false alarm. Reads only.
 * @param notedHead a head of the audit trail that was kept elsewhere, to be looked for.
 */
export function auditShop(db: Db, notedHead: TrailHead | null = null): Promise<CheckResult[]> {
  return inSnapshot(db, (tx) => runChecks(tx, notedHead));
}

/** Runs every check in a transaction that sees one snapshot. */
export async function runChecks(
  tx: Tx,
  notedHead: TrailHead | null = null,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const more = notedHead ? [headCheck(notedHead)] : [];
  for (const check of [...checks, ...more]) results.push(await runCheck(tx, check));
  return results;
}

/** Whether an invariant is broken; warnings break none. */
export function hasFindings(results: readonly CheckResult[]): boolean {
  return results.some(({ severity, count }) => severity === 'finding' && count > 0);
}
