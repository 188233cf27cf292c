import { inSnapshot } from '../../database/database.ts';
import { takeTheTime } from '../../database/unhurried.ts';
import { runChecks, stockCheckNames } from '../audit/audit.service.ts';
import { longParked } from './books.repository.ts';
import { subjectsOf } from './findings.repository.ts';
import { noteFindings } from './findings.service.ts';
import type { Look } from './look.service.ts';
import type { Finding } from './reconciliation.model.ts';

const kinds = ['stock_differs', 'books_differ', 'event_parked'] as const;
const EVERY = 10_000;

/** Compares the shop with itself by the audit's checks, on one snapshot; and what waits for a person at Stripe's door. */
export async function lookAtOwnBooks(look: Look): Promise<void> {
  const { db } = look.deps;
  const results = (
    await inSnapshot(db, async (tx) => {
      await takeTheTime(tx);
      return runChecks(tx);
    })
  ).filter(({ severity }) => severity === 'finding');
  const findings: Finding[] = results.flatMap(({ name, offenders }) =>
    offenders.map(({ subject, detail }) => ({
      kind: stockCheckNames.includes(name) ? 'stock_differs' : 'books_differ',
      subject: `${name}: ${subject}`,
      detail,
      orderId: /^order ([\da-f-]{36})$/.exec(subject)?.[1] ?? null,
    })),
  );
  for (const { eventId, type, note } of await longParked(db))
    findings.push({
      kind: 'event_parked',
      subject: eventId,
      detail: `${type}: ${note ?? 'no note'}`,
      orderId: null,
    });
  // Of a check with more rows than are shown, those that are not shown may well be there still.
  const cut = results.filter(({ count, offenders }) => count > offenders.length);
  const known = await subjectsOf(db, kinds, { notOfRun: look.runId, limit: EVERY });
  const gone = known.filter((subject) => !cut.some(({ name }) => subject.startsWith(`${name}: `)));
  const found = findings.map(({ subject }) => subject);
  await noteFindings(look, { kinds, subjects: [...gone, ...found] }, findings);
}
