import type { Generated, JSONColumnType } from 'kysely';
import type { TaskSeverity } from '../tasks/tasks.model.ts';

export interface ReconciliationTables {
  reconciliation_runs: RunTable;
  reconciliation_cursors: CursorTable;
  reconciliation_findings: FindingTable;
}

interface RunTable {
  id: string;
  trigger: RunTrigger;
  started_at: Generated<Date>;
  alive_until: Date;
  finished_at: Date | null;
  window_from: Date | null;
  window_to: Date | null;
  compared: JSONColumnType<Partial<Counts>, string | undefined, string>;
  healed: JSONColumnType<Partial<Counts>, string | undefined, string>;
  findings: number | null;
  unfinished: Generated<boolean>;
  error: string | null;
}

interface CursorTable {
  list: ListName;
  done_until: Date | null;
  window_from: Date | null;
  window_to: Date | null;
  after_id: string | null;
}

interface FindingTable {
  kind: FindingKind;
  subject: string;
  detail: string;
  order_id: string | null;
  confirmed: boolean;
  first_run: string;
  last_run: string;
  first_seen: Generated<Date>;
}

export type RunTrigger = 'schedule' | 'admin' | 'command';
/** What is read through: Stripe's lists, and all payments of the shop in turn. */
export type ListName = 'events' | 'sessions' | 'refunds' | 'payments' | 'history';

/** What was compared, or healed. */
export interface Counts {
  events: number;
  sessions: number;
  refunds: number;
  payments: number;
}

/**
 * What a finding is. `secondLook`: something under way on either side could explain it, so that it counts only once
 * the next run finds it too.
 */
export const findingKinds = {
  payment_unknown: {
    severity: 'error',
    secondLook: false,
    title: 'Stripe has money that the shop has not taken in',
  },
  payment_missing: {
    severity: 'error',
    secondLook: false,
    title: 'The shop has a payment that Stripe has not captured',
  },
  payment_differs: {
    severity: 'error',
    secondLook: false,
    title: 'A payment’s amount differs between Stripe and the shop',
  },
  payment_disputed: {
    severity: 'error',
    secondLook: false,
    title: 'A customer disputes a payment',
  },
  refunded_differs: {
    severity: 'error',
    secondLook: true,
    title: 'What went back of a payment differs between Stripe and the shop',
  },
  refund_unknown: {
    severity: 'error',
    secondLook: true,
    title: 'Stripe has a refund that does not fit the shop’s books',
  },
  refund_differs: {
    severity: 'error',
    secondLook: true,
    title: 'A refund differs between Stripe and the shop',
  },
  stock_differs: {
    severity: 'error',
    secondLook: false,
    title: 'Stock differs from its ledger or its orders',
  },
  books_differ: {
    severity: 'error',
    secondLook: false,
    title: 'The shop’s own books do not agree',
  },
  event_parked: {
    severity: 'warning',
    secondLook: false,
    title: 'A Stripe event waits for a person',
  },
} as const satisfies Record<string, { severity: TaskSeverity; secondLook: boolean; title: string }>;
export type FindingKind = keyof typeof findingKinds;

/** Kinds about one payment at Stripe (pi_…). */
export const paymentKinds = [
  'payment_unknown',
  'payment_missing',
  'payment_differs',
  'payment_disputed',
  'refunded_differs',
] as const satisfies readonly FindingKind[];
/** Kinds about one refund at Stripe (re_…). */
export const refundKinds = [
  'refund_unknown',
  'refund_differs',
] as const satisfies readonly FindingKind[];

export interface Finding {
  readonly kind: FindingKind;
  readonly subject: string;
  readonly detail: string;
  readonly orderId: string | null;
}

export interface KnownFinding extends Finding {
  /** Whether it counts: found twice, or such that no race explains it. */
  readonly confirmed: boolean;
  readonly firstSeen: Date;
}

/** A run as it went, or goes. */
export interface Run {
  readonly id: string;
  readonly trigger: RunTrigger;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** What Stripe made in this time was read. */
  readonly window: { readonly from: Date; readonly to: Date } | null;
  readonly compared: Partial<Counts>;
  readonly healed: Partial<Counts>;
  readonly findings: number | null;
  readonly unfinished: boolean;
  readonly error: string | null;
}
