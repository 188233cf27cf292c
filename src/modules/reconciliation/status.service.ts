import type { Db } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { countOpenTasks } from '../tasks/tasks.service.ts';
import { countFindings, openFindings } from './findings.repository.ts';
import {
  type FindingKind,
  findingKinds,
  type KnownFinding,
  type Run,
  type RunTrigger,
} from './reconciliation.model.ts';
import { findLastRun, findLastSuccess } from './runs.repository.ts';

export const RECONCILE = 'reconcile';

/** Has the worker compare the shop with Stripe as soon as it can; once, however often it is asked meanwhile. */
export function requestReconciliation(db: Db, trigger: RunTrigger): Promise<void> {
  return enqueueJob(db, RECONCILE, { trigger }, { jobKey: RECONCILE });
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

/** Has the metrics say what is found, when all was last compared, and how many tasks are open. */
export function observeReconciliation(db: Db, metrics: Metrics): void {
  metrics.reconciliationFindings.from(async () => {
    const counts = new Map((await countFindings(db)).map(({ kind, count }) => [kind, count]));
    return (Object.keys(findingKinds) as FindingKind[]).map((kind) => ({
      labels: { kind },
      value: counts.get(kind) ?? 0,
    }));
  });
  metrics.reconciliationLastSuccess.from(async () => {
    const at = await findLastSuccess(db);
    return at ? [{ value: at.getTime() / 1000 }] : [];
  });
  metrics.adminTasksOpen.from(async () =>
    Object.entries(await countOpenTasks(db)).map(([severity, value]) => ({
      labels: { severity },
      value,
    })),
  );
}
