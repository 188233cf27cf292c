import type { Order } from '../orders/orders.model.ts';

const steps = [
  { status: 'pending', label: 'Placed' },
  { status: 'paid', label: 'Paid' },
  { status: 'fulfilled', label: 'Sent' },
  { status: 'delivered', label: 'Delivered' },
] as const;

/** How far an order is on its way; empty for one that closed unpaid. */
export function progressOf({
  status,
}: Pick<Order, 'status'>): { label: string; state: 'done' | 'current' | 'next' }[] {
  const reached = steps.findIndex((step) => step.status === status);
  if (reached === -1) return [];
  return steps.map(({ label }, index) => ({
    label,
    state: index < reached ? 'done' : index === reached ? 'current' : 'next',
  }));
}

/** The order's status for people: money given back says more than where the parcel is. */
export function shownStatus({ status, refundedTotal, total }: Order): string {
  if (refundedTotal.amount === 0) return status;
  return refundedTotal.amount >= total.amount ? 'refunded' : 'partially_refunded';
}

/** Whether an order can still be paid: it waits, and its stock is held. Times are compared with `now`. */
export function isPayable({ status, reservedUntil }: Order, now: Date): boolean {
  return status === 'pending' && reservedUntil !== null && new Date(reservedUntil) > now;
}

/** The time left until then, in words, rounded down to whole minutes. */
export function timeLeft(until: string, now: Date): string {
  const minutes = Math.floor((new Date(until).getTime() - now.getTime()) / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return minutes === 1 ? 'one minute' : `${minutes} minutes`;
  return minutes < 2880
    ? `${Math.floor(minutes / 60)} hours`
    : `${Math.floor(minutes / 1440)} days`;
}
