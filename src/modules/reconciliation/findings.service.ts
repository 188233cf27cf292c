import { inTransaction } from '../../database/database.ts';
import { closeResolved, openTasks } from '../tasks/tasks.service.ts';
import { dropOthers, upsertFindings } from './findings.repository.ts';
import type { Look } from './look.service.ts';
import { type Finding, type FindingKind, findingKinds } from './reconciliation.model.ts';

/**
 * Writes down what was found about the subjects that were looked at: findings that count become tasks, and the tasks
 * of what is not found any more close themselves.
 */
export async function noteFindings(
  { deps, runId }: Look,
  looked: { kinds: readonly FindingKind[]; subjects: readonly string[] },
  findings: readonly Finding[],
): Promise<void> {
  if (looked.subjects.length === 0) return;
  const found = onePerSubject(findings);
  await inTransaction(deps.db, async (tx) => {
    const gone = await dropOthers(
      tx,
      looked,
      found.map(({ kind, subject }) => ({ kind, subject })),
    );
    await closeResolved(tx, gone, 'Not found any more.');
    if (found.length === 0) return;
    const counting = await upsertFindings(tx, runId, found);
    await openTasks(
      tx,
      counting.map(({ kind, subject, detail, orderId }) => {
        const { title, severity } = findingKinds[kind];
        return { kind, subject, title, detail, severity, orderId };
      }),
    );
  });
}

/** Findings of one kind about one subject, joined. */
function onePerSubject(findings: readonly Finding[]): Finding[] {
  const joined = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.kind} ${finding.subject}`;
    const other = joined.get(key);
    joined.set(key, other ? { ...other, detail: `${other.detail}; ${finding.detail}` } : finding);
  }
  return [...joined.values()];
}
