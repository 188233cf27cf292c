import type { FastifyReply } from 'fastify';
import { ApiError } from './api-error.ts';
import type { Faults } from './faults.ts';

/** What a request suffers: `before` its work, and in place of its answer. */
export interface RequestFate {
  /** Waits where the API is slow. */
  before(): Promise<void>;
  /** Whether the work is done but never answered: silence, or a dropped connection. */
  readonly afterWork: 'answer' | 'silence' | 'drop';
}

/**
 * Decides what a request suffers from the faults that are switched on. Null: the connection drops now.
 * @param line method and path.
 * @throws ApiError the failure that a fault orders.
 */
export function strikeRequest(faults: Faults, line: string): RequestFate | null {
  if (faults.strike('down', line)) return null;
  const failure = faults.strike('failNext', line) ?? faults.strike('failRate', line);
  if (failure) throw failureOf(failure.status);
  const latency = Number(faults.strike('latencyMs', line)?.value ?? 0);
  const lost = faults.strike('timeoutAfterWork', line);
  return {
    before: () =>
      latency > 0 ? new Promise((resolve) => setTimeout(resolve, latency)) : Promise.resolve(),
    afterWork: lost === null ? 'answer' : lost.value === 'drop' ? 'drop' : 'silence',
  };
}

/** Lets the connection go without an answer. */
export function dropConnection(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.destroy();
}

/** Leaves the connection open and never answers; it closes when the client gives up or the stand-in stops. */
export function staySilent(reply: FastifyReply): void {
  reply.hijack();
}

function failureOf(status: 500 | 429 | 409): ApiError {
  if (status === 429) {
    return new ApiError('Request rate limit exceeded.', { status, code: 'rate_limit' });
  }
  if (status === 409) {
    return new ApiError(
      'This object cannot be accessed right now because another API request is accessing it.',
      {
        status,
        code: 'lock_timeout',
      },
    );
  }
  return new ApiError('An unknown error occurred', { status, type: 'api_error' });
}
