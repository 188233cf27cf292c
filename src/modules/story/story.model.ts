import type { Instance } from '../../database/instances.ts';
import type { ActivityEntry } from '../../telemetry/activity.ts';

/** An order that a search led to. */
export interface FoundOrder {
  readonly id: string;
  readonly number: number;
  readonly status: string;
}

/** An order as far as its story tells of it: no person, no address. */
export interface OrderFacts extends FoundOrder {
  readonly total: number;
  readonly refundedTotal: number;
  readonly currency: string;
  readonly reservedUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface EventFacts {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly publishedAt: Date | null;
  readonly attempts: number;
  readonly deadAt: Date | null;
  readonly lastError: string | null;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  readonly appliedBy: readonly string[];
}

export interface StripeEventFacts {
  readonly id: string;
  readonly type: string;
  readonly state: 'received' | 'applied' | 'ignored' | 'parked' | 'closed';
  readonly note: string | null;
  readonly attempts: number;
  readonly correlationId: string | null;
  readonly receivedAt: Date;
  readonly settledAt: Date | null;
}

export interface CheckoutFacts {
  readonly id: string;
  readonly status: 'creating' | 'open' | 'completed' | 'expired' | 'failed';
  readonly sessionId: string | null;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface PaymentFacts {
  readonly id: string;
  readonly provider: string;
  readonly providerPaymentId: string | null;
  readonly status: 'pending' | 'succeeded' | 'failed' | 'cancelled';
  readonly settlesOrder: boolean;
  readonly amount: number;
  /** What went back of it, or is on its way. */
  readonly refundedAmount: number;
  readonly currency: string;
  readonly failureCode: string | null;
  readonly declines: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RefundFacts {
  readonly id: string;
  readonly paymentId: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly origin: string;
  readonly amount: number;
  readonly currency: string;
  readonly providerRefundId: string | null;
  readonly failure: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface MovementFacts {
  readonly kind: string;
  readonly sku: string | null;
  readonly variantId: string;
  readonly onHandDelta: number;
  readonly reservedDelta: number;
  readonly createdAt: Date;
}

export interface DeliveryFacts {
  readonly id: string;
  readonly endpointId: string;
  readonly host: string;
  readonly endpointState: 'enabled' | 'disabled';
  readonly eventType: string;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly failures: number;
  readonly nextAttemptAt: Date | null;
  readonly lastError: string | null;
  readonly correlationId: string | null;
  readonly createdAt: Date;
  readonly attempts: readonly {
    readonly number: number;
    readonly status: number | null;
    readonly error: string | null;
    readonly at: string;
  }[];
}

/** A job of the queue: it waits, is at work, or was given up on. Done ones are gone. */
export interface JobFacts {
  readonly id: number;
  readonly task: string;
  readonly key: string;
  readonly runAt: Date;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly lastError: string | null;
  readonly isRunning: boolean;
  readonly createdAt: Date;
}

export interface TaskFacts {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly kind: string;
  readonly state: 'open' | 'done' | 'dismissed';
  readonly firstSeen: Date;
}

export interface FindingFacts {
  readonly kind: string;
  readonly subject: string;
  readonly detail: string;
  readonly confirmed: boolean;
  readonly firstSeen: Date;
}

/** All that the shop knows of one order, of one moment. */
export interface Facts {
  readonly now: Date;
  readonly order: OrderFacts;
  readonly activity: readonly ActivityEntry[];
  readonly events: readonly EventFacts[];
  readonly stripeEvents: readonly StripeEventFacts[];
  readonly checkouts: readonly CheckoutFacts[];
  readonly payments: readonly PaymentFacts[];
  readonly refunds: readonly RefundFacts[];
  readonly movements: readonly MovementFacts[];
  readonly deliveries: readonly DeliveryFacts[];
  readonly jobs: readonly JobFacts[];
  readonly tasks: readonly TaskFacts[];
  readonly findings: readonly FindingFacts[];
  readonly instances: readonly Instance[];
}

/** Services whose circuit is open in the process that tells the story, by name. */
export type OpenCircuits = readonly string[];

const LONGEST_QUOTE = 240;

/** What a failure said, fit to be shown: its first line, without e-mail addresses, cut. */
export function quoted(text: string | null): string {
  const [line = ''] = (text ?? '').split('\n', 1);
  // Looking for addresses takes the square of a length; what is far beyond what is shown is not looked at.
  const masked = line.slice(0, 4 * LONGEST_QUOTE).replace(/[^\s@<>"']+@[^\s@<>"']+/g, '…@…');
  return masked.length > LONGEST_QUOTE ? `${masked.slice(0, LONGEST_QUOTE)}…` : masked;
}
