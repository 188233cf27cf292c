import { hash, randomBytes } from 'node:crypto';
import type { Generated } from 'kysely';
import type { EventType } from '../../events/catalogue.ts';

export interface WebhookTables {
  webhook_endpoints: EndpointTable;
  webhook_deliveries: DeliveryTable;
  webhook_attempts: AttemptTable;
}

interface EndpointTable {
  id: string;
  url: string;
  description: string;
  event_types: EventType[] | null;
  secret: string;
  previous_secret: string | null;
  previous_secret_until: Date | null;
  state: Generated<EndpointState>;
  disabled_reason: string | null;
  disabled_at: Date | null;
  failing_since: Date | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface DeliveryTable {
  id: string;
  endpoint_id: string;
  event_id: string;
  event_type: string;
  body: string;
  correlation_id: string | null;
  state: Generated<DeliveryState>;
  attempts: Generated<number>;
  failures: Generated<number>;
  next_attempt_at: Generated<Date | null>;
  last_status: number | null;
  last_error: string | null;
  response_excerpt: string | null;
  created_at: Generated<Date>;
  settled_at: Date | null;
}

interface AttemptTable {
  delivery_id: string;
  number: number;
  status: number | null;
  error: string | null;
  duration_ms: number;
  attempted_at: Generated<Date>;
}

export type EndpointState = 'enabled' | 'disabled';
export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** What somebody says of an endpoint. */
export interface EndpointInput {
  readonly url: string;
  readonly description: string;
  /** The types it wants; null: all. */
  readonly eventTypes: readonly EventType[] | null;
}

/** Tells what is said of an endpoint from what was said of it before, in short. */
export function seenOf({ url, description, eventTypes }: EndpointInput): string {
  return hash('sha256', JSON.stringify([url, description, eventTypes]), 'base64url');
}

/** An endpoint as it is shown: never with its secret. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly eventTypes: EventType[] | null;
  readonly state: EndpointState;
  readonly disabledReason: string | null;
  readonly disabledAt: string | null;
  /** Since when nothing arrived; null while it takes what it is sent. */
  readonly failingSince: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One event on its way to one endpoint. */
export interface WebhookDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly responseExcerpt: string | null;
  readonly createdAt: string;
  readonly settledAt: string | null;
}

export interface WebhookAttempt {
  readonly number: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly attemptedAt: string;
}

/** A delivery with what was sent and every attempt, in order. */
export interface WebhookDeliveryDetail extends WebhookDelivery {
  readonly body: string;
  readonly correlationId: string | null;
  readonly log: WebhookAttempt[];
}

/** What an endpoint answered to one attempt. */
export interface WebhookAnswer {
  /** null: no whole response came. */
  readonly status: number | null;
  readonly error: string | null;
  readonly retryAfterMs: number | null;
  /** The beginning of the response's body. */
  readonly excerpt: string | null;
  readonly durationMs: number;
}

/** The type of the event by which an administrator tries an endpoint. */
export const PING = 'ping';

/** A new signing secret, as Standard Webhooks writes it. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses after the first, second, … failed attempt, in milliseconds; after the last comes one more attempt. */
const PAUSES = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  1 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
];
const LONGEST_RETRY_AFTER = 24 * HOUR;

/**
 * How long to wait after so many failed attempts in a row, in milliseconds, up to a fifth more by chance; null: give
 * up. Where the endpoint asked for more time it gets it, up to a day.
 */
export function pauseAfter(
  failures: number,
  retryAfterMs: number | null,
  random: () => number = Math.random,
): number | null {
  const pause = PAUSES[failures - 1];
  if (pause === undefined) return null;
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER);
  return Math.max(pause, asked) + Math.round((pause / 5) * random());
}
