import { type Db, inTransaction } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import type { OpenWork } from '../../telemetry/backlog-metrics.ts';
import { note } from '../../trail/trail.ts';
import { countOpenTasks } from '../tasks/tasks.service.ts';
import { countFindings, countViolations, openFindings } from './findings.repository.ts';
import {
  type FindingKind,
  findingKinds,
  type KnownFinding,
  type Run,
  type RunTrigger,
} from './reconciliation.model.ts';
import { findLastRun, findLastSuccess } from './runs.repository.ts';

export const RECONCILE = 'reconcile';

/** Has the worker compare the shop with Stripe, at once or later; once, however often it is asked meanwhile. */
export function requestReconciliation(
  db: Db,
  trigger: RunTrigger,
  delaySeconds = 0,
): Promise<void> {
  return enqueueJob(db, RECONCILE, { trigger }, { jobKey: RECONCILE, delaySeconds });
}

/** As requestReconciliation at once, for the person who is signed in. */
export function askForReconciliation(db: Db): Promise<void> {
  return inTransaction(db, async (tx) => {
    await requestReconciliation(tx, 'admin');
    await note(tx, { act: 'books.comparison_requested', subject: null, detail: {} });
  });
}

export interface ReconciliationStatus {
  readonly run: Run | null;
  readonly lastSuccess: Date | null;
  /** Of all that is found now and not dismissed, the first ones. */
  readonly findings: readonly KnownFinding[];
}

const SHOWN = 200;

/** How the last run went, and what is found now. */
export async function reconciliationStatus(db: Db): Promise<ReconciliationStatus> {
  const [run, lastSuccess, findings] = await Promise.all([
    findLastRun(db),
    findLastSuccess(db),
    openFindings(db, SHOWN),
  ]);
  return { run, lastSuccess, findings };
}

/** What waits for an administrator, for the metrics. */
export async function readOpenWork(db: Db): Promise<OpenWork> {
  const [counts, broken, tasks, lastSuccess] = await Promise.all([
    countFindings(db),
    countViolations(db),
    countOpenTasks(db),
    findLastSuccess(db),
  ]);
  const found = new Map(counts.map(({ kind, count }) => [kind, count]));
  const kinds = Object.keys(findingKinds) as FindingKind[];
  const findings = Object.fromEntries(kinds.map((kind) => [kind, found.get(kind) ?? 0]));
  const violations = Object.fromEntries(broken.map(({ check, count }) => [check, count]));
  return { findings, violations, tasks, lastSuccess };
}
