import type { Facts } from './story.model.ts';

/** Where an order's way is broken. */
export type Step =
  | 'request'
  | 'checkout'
  | 'payment'
  | 'reservation'
  | 'webhook'
  | 'stripe_event'
  | 'worker'
  | 'event'
  | 'refund'
  | 'mail'
  | 'delivery'
  | 'job'
  | 'reconciliation';

/** One thing that is wrong now, and what helps. */
export interface Trouble {
  readonly step: Step;
  /** bad: somebody has to act, or money or the customer waits; warn: worth a look. */
  readonly severity: 'bad' | 'warn';
  readonly what: string;
  /** File and section under docs/runbooks. */
  readonly runbook: string;
  /** The page of the console that shows more, or has the button. */
  readonly href: string | null;
  readonly since: Date | null;
}

/** So young, what waits is on its way. */
const PATIENCE_MS = 10_000;

/** Whether any process says that it runs jobs. */
export function hasWorker({ instances }: Pick<Facts, 'instances'>): boolean {
  return instances.some(({ role }) => role !== 'web');
}

/** Whether an order still waits for its money. */
export function isUnpaid({ order }: Facts): boolean {
  return ['pending', 'expired', 'cancelled'].includes(order.status);
}

/** `(3 attempts)` */
export function attemptsOf(count: number): string {
  return `(${count} ${count === 1 ? 'attempt' : 'attempts'})`;
}

/** Whether what waits since then may well be on its way. */
export function isYoung({ now }: Facts, since: Date): boolean {
  return now.getTime() - since.getTime() < PATIENCE_MS;
}

/** Why something that a worker does is not done yet. */
export function whyWaiting(facts: Facts): string {
  return hasWorker(facts) ? 'the worker is behind or stuck' : 'no worker runs';
}

/** The newest work that ended with a code. */
export function lastWithCode({ activity }: Facts, code: string) {
  return activity.findLast((entry) => entry.code === code);
}
