import { createDependency } from '../../resilience/dependency.ts';
import { createGuard } from '../../resilience/guard.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { createStripeGateway, type StripeConfig, type StripeGateway } from './stripe.gateway.ts';
import { stripeFailure } from './stripe-client.gateway.ts';
import { createStripeRecords } from './stripe-records.gateway.ts';
import type { StripeRecords } from './stripe-records.model.ts';

/** A checkout that takes longer than this is bad for a shop, whatever it ends in. */
const SLOW_MS = 2000;

/** Somebody waits: an answer soon, whatever it is. */
const FOR_REQUESTS = { deadlineMs: 8000, tryMs: 5000, tries: 3, concurrent: 40, queue: 40 };
/** Nobody waits, and the queue repeats the job: patience, and few at once. */
const FOR_JOBS = { deadlineMs: 60_000, tryMs: 20_000, tries: 3, concurrent: 8, queue: 20 };
/** One reader, page after page. */
const FOR_RECORDS = { deadlineMs: 60_000, tryMs: 20_000, tries: 3, concurrent: 2, queue: 2 };
/** A long page of a list takes its time, and says nothing of how well customers can pay. */
const SLOW_LIST_MS = 15_000;

/**
 * Stripe for requests and for jobs. They share what is known of its health, one circuit and one retry budget; each
 * has its own room, so that neither can use up the other's.
 * @param until ends what jobs wait for.
 */
export function createStripeGateways(
  config: StripeConfig,
  telemetry: { metrics: Metrics; logger: Logger },
  until?: AbortSignal,
): { forRequests: StripeGateway; forJobs: StripeGateway } {
  const stripe = createDependency(
    'stripe',
    { classify: stripeFailure, slowMs: SLOW_MS },
    telemetry,
  );
  return {
    forRequests: createStripeGateway(config, createGuard(stripe, FOR_REQUESTS)),
    forJobs: createStripeGateway(config, createGuard(stripe, { ...FOR_JOBS, until })),
  };
}

/** Stripe's lists, with a circuit and a retry budget of their own: reading them never keeps a customer from paying. */
export function createGuardedRecords(
  config: StripeConfig,
  telemetry: { metrics: Metrics; logger: Logger },
  until?: AbortSignal,
): StripeRecords {
  const stripe = createDependency(
    'stripe_records',
    { classify: stripeFailure, slowMs: SLOW_LIST_MS },
    telemetry,
  );
  return createStripeRecords(config, createGuard(stripe, { ...FOR_RECORDS, until }));
}
