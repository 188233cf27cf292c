import { AsyncLocalStorage } from 'node:async_hooks';

/** What follows a request or a job through every call it makes. */
interface WorkContext {
  readonly correlationId: string;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Runs work under a correlation id, which events, logs and jobs made inside it carry. */
export function withCorrelation<T>(correlationId: string, work: () => T): T {
  return storage.run({ correlationId }, work);
}

/** The correlation id of the work under way, or null outside any. */
export function correlationId(): string | null {
  return storage.getStore()?.correlationId ?? null;
}
