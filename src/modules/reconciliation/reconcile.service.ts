import type { Db } from '../../database/database.ts';
import { lookAtEvents } from './events.service.ts';
import { countFindings } from './findings.repository.ts';
import { type Look, type ReconcileDeps, takenOver } from './look.service.ts';
import { lookAtOwnBooks } from './own-books.service.ts';
import { lookAtPayments, lookAtPaymentsAgain } from './payments.service.ts';
import type { Counts, RunTrigger } from './reconciliation.model.ts';
import { lookAtRefunds, lookAtRefundsAgain } from './refunds.service.ts';
import { beginRun, endRun, renewRun } from './runs.repository.ts';
import { lookAtSessions } from './sessions.service.ts';

/** What is younger may be on its way still: a webhook, a job, a customer's click. */
const QUIET_MS = 120_000;
const RENEW_EVERY_MS = 30_000;
/** Of each list; a hundred records a page. */
const MOST_PAGES = 100;

export interface RunOutcome {
  /** busy: another run is at work; failed: it is written down why, and the next run goes on from there. */
  readonly kind: 'done' | 'unfinished' | 'busy' | 'failed';
}

/**
 * Compares the shop's orders, payments and refunds with Stripe's lists, and its stock and books with themselves. What
 * was lost on the way is taken in; what only a person can decide becomes a task. One run at a time; safe to repeat.
 * @param at the time of the look: what changed in the two minutes before is left alone.
 */
export async function reconcile(
  deps: ReconcileDeps,
  { trigger, at, pages = MOST_PAGES }: { trigger: RunTrigger; at?: Date; pages?: number },
): Promise<RunOutcome> {
  const { db, logger, metrics } = deps;
  const begun = await beginRun(db, trigger);
  if (begun === null) return { kind: 'busy' };
  const { id: runId, startedAt } = begun;
  const alive = stayAlive(db, runId);
  const look = newLook(deps, { runId, at: at ?? startedAt, pages, alive });
  try {
    const finished = await lookAtAll(look);
    await end(look, { unfinished: !finished, error: null });
    return { kind: finished ? 'done' : 'unfinished' };
  } catch (error) {
    logger.warn({ err: error, runId }, 'reconciliation failed; the next run goes on from here');
    const message = error instanceof Error ? error.message : String(error);
    await end(look, { unfinished: true, error: message }).catch((cause: unknown) =>
      logger.warn({ err: cause, runId }, 'the end of a reconciliation was not written down'),
    );
    return { kind: 'failed' };
  } finally {
    alive.stop();
    for (const [kind, count] of Object.entries(look.healed))
      metrics.reconciliationHealed.inc({ kind }, count);
  }
}

/** Whether all of it was read. Events first: what they heal is not missed by what comes after. */
async function lookAtAll(look: Look): Promise<boolean> {
  const finished = [
    await lookAtEvents(look),
    await lookAtSessions(look),
    await lookAtRefunds(look),
    await lookAtPayments(look),
  ];
  await lookAtRefundsAgain(look);
  await lookAtPaymentsAgain(look);
  await lookAtOwnBooks(look);
  return finished.every(Boolean);
}

function newLook(
  deps: ReconcileDeps,
  run: { runId: string; at: Date; pages: number; alive: { assert(): void } },
): Look {
  return {
    deps,
    runId: run.runId,
    quietBefore: new Date(run.at.getTime() - QUIET_MS),
    compared: nothing(),
    healed: nothing(),
    seenPayments: new Set(),
    pointedTo: new Set(),
    pages: run.pages,
    window: null,
    assertAlive: run.alive.assert,
  };
}

function nothing(): Counts {
  return { events: 0, sessions: 0, refunds: 0, payments: 0 };
}

async function end(
  { deps, runId, window, compared, healed }: Look,
  how: { unfinished: boolean; error: string | null },
): Promise<void> {
  const counts = await countFindings(deps.db);
  const findings = counts.reduce((sum, { count }) => sum + count, 0);
  await endRun(deps.db, runId, { window, compared, healed, findings, ...how });
}

/** Says again and again that the run is alive, until it is stopped or another took over. */
function stayAlive(db: Db, runId: string) {
  let lost = false;
  const timer = setInterval(() => {
    renewRun(db, runId).then(
      (mine) => {
        lost = !mine;
      },
      // The database is away: the run's own next statement says so.
      () => {},
    );
  }, RENEW_EVERY_MS);
  return {
    assert() {
      if (lost) throw takenOver();
    },
    stop: () => clearInterval(timer),
  };
}
