import type { HealDeps } from '../payments/heal.service.ts';
import type { PageAsk, RecordPage, StripeRecords } from '../payments/stripe-records.model.ts';
import { advance, closeWindow, openWindow } from './cursors.repository.ts';
import type { Counts, ListName, Run } from './reconciliation.model.ts';

export interface ReconcileDeps extends HealDeps {
  readonly records: StripeRecords;
}

/** What the parts of one run share. */
export interface Look {
  readonly deps: ReconcileDeps;
  readonly runId: string;
  /** What was made or changed later may still be under way, and is left to the next run. */
  readonly quietBefore: Date;
  readonly compared: Counts;
  readonly healed: Counts;
  /** Payments at Stripe that this run has compared, and those that it was pointed to. */
  readonly seenPayments: Set<string>;
  readonly pointedTo: Set<string>;
  /** Most pages of each list that it reads. */
  readonly pages: number;
  window: Run['window'];
  /** @throws when another run took over. */
  assertAlive(): void;
}

/** Why a run ends that stood still until it was taken for dead. */
export const takenOver = (): Error => new Error('another run took over');

/** A payment page lives 31 minutes: whatever becomes of its session and its intent, a later window has them again. */
const OVERLAP_SECONDS = 3600;

/**
 * Reads a list of Stripe's from where the last run ended up to now, page by page, each noted once it is looked at:
 * a run that ends early is gone on from there. False where there were
 * more pages than one run reads.
 */
export async function readThrough<T extends { readonly id: string }>(
  look: Look,
  list: ListName,
  pageOf: (ask: PageAsk) => Promise<RecordPage<T> | null>,
  lookAt: (records: readonly T[]) => Promise<void>,
): Promise<boolean> {
  const { db } = look.deps;
  const reader = { list, runId: look.runId };
  let pagesLeft = look.pages;
  for (;;) {
    const window = await openWindow(db, list, {
      until: look.quietBefore,
      overlapSeconds: OVERLAP_SECONDS,
    });
    look.window = widest(look.window, window);
    let { after } = window;
    for (let more = true; more; ) {
      look.assertAlive();
      if (pagesLeft === 0) return false;
      pagesLeft -= 1;
      const page = await pageOf({ ...window, after });
      if (page && page.data.length > 0) await lookAt(page.data);
      more = page === null || page.hasMore;
      // Stripe may have forgotten the record that was read last: from the top then, and nothing is done twice.
      after = page?.data.at(-1)?.id ?? null;
      if (more && !(await advance(db, reader, after))) throw takenOver();
    }
    if (!(await closeWindow(db, reader))) throw takenOver();
    // A window that an earlier run left is followed by what came since, now or by the next run.
    if (window.to >= look.quietBefore || pagesLeft === 0) return true;
  }
}

function widest(one: Run['window'], other: { from: Date; to: Date }): Run['window'] {
  if (!one) return { from: other.from, to: other.to };
  return {
    from: new Date(Math.min(one.from.getTime(), other.from.getTime())),
    to: new Date(Math.max(one.to.getTime(), other.to.getTime())),
  };
}
