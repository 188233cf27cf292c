import { AsyncLocalStorage } from 'node:async_hooks';
import { context, propagation } from '@opentelemetry/api';

/** What follows a request or a job through every call it makes. */
interface WorkContext {
  readonly correlationId: string;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Runs work under a correlation id, which events, logs, jobs and the baggage of traces made inside it carry. */
export function withCorrelation<T>(correlationId: string, work: () => T): T {
  const baggage = propagation.createBaggage({ 'correlation.id': { value: correlationId } });
  return context.with(propagation.setBaggage(context.active(), baggage), () =>
    storage.run({ correlationId }, work),
  );
}

/** The correlation id of the work under way, or null outside any. */
export function correlationId(): string | null {
  return storage.getStore()?.correlationId ?? null;
}
