import type { Db } from '../../src/database/database.ts';
import { runChecks as runAudit } from '../../src/modules/audit/audit.service.ts';
import { eventChecks } from './events.ts';
import { merchantChecks } from './merchant.ts';
import { moneyChecks } from './money.ts';
import { orderChecks } from './orders.ts';
import { repairChecks } from './repair.ts';
import { stockChecks } from './stock.ts';
import type { Evidence, Violation, WorldCheck } from './violation.ts';

export const worldChecks: readonly WorldCheck[] = [
  ...orderChecks,
  ...moneyChecks,
  ...stockChecks,
  ...eventChecks,
  ...merchantChecks,
  ...repairChecks,
];

/** The audit's findings and warnings, and everything that only clients and Stripe can tell. */
export async function checkWorld(evidence: Evidence): Promise<Violation[]> {
  const violations: Violation[] = evidence.history.wrongAnswers.map((what) => ({
    check: 'no-wrong-answer',
    what,
  }));
  for (const { name, severity, offenders, count } of await runAudit(evidence.tx)) {
    for (const { subject, detail } of offenders)
      violations.push({ check: `audit ${name} (${severity})`, what: `${subject}: ${detail}` });
    if (count > offenders.length)
      violations.push({ check: `audit ${name}`, what: `and ${count - offenders.length} more` });
  }
  for (const { name, breaches } of worldChecks)
    for (const what of await breaches(evidence)) violations.push({ check: name, what });
  return violations;
}

/** Checks the world on one snapshot of its database. */
export function checkSnapshot(db: Db, evidence: Omit<Evidence, 'tx'>): Promise<Violation[]> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((tx) => checkWorld({ ...evidence, tx }));
}
