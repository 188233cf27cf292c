import type { FastifyError } from 'fastify';
import { isDatabaseTrouble } from '../database/failures.ts';
import { type ErrorCode, type FieldError, ShopError } from '../shared/errors.ts';

/** An RFC 9457 problem as this shop answers it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode | 'internal_error';
  readonly correlationId: string;
  readonly errors?: readonly FieldError[];
}

const problems: Record<Problem['code'], { status: number; title: string }> = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  invalid_credentials: { status: 401, title: 'The credentials are not valid' },
  second_factor_required: { status: 401, title: 'A second step is needed' },
  forbidden: { status: 403, title: 'This is not allowed' },
  second_factor_missing: { status: 403, title: 'A second factor is needed first' },
  step_up_required: { status: 403, title: 'Confirm that it is you' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'This is not done to that address' },
  conflict: { status: 409, title: 'The request conflicts with the current state' },
  insufficient_stock: { status: 409, title: 'Not enough in stock' },
  invalid_transition: { status: 409, title: 'The order cannot change like this' },
  idempotency_in_progress: {
    status: 409,
    title: 'The first request with this key is still running',
  },
  request_timeout: { status: 408, title: 'The request took too long to come' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  address_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key was used for another request',
  },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  payment_provider_unavailable: { status: 503, title: 'Payments are unavailable for the moment' },
  service_unavailable: { status: 503, title: 'The service is unavailable for the moment' },
};

/** Every code that a problem may have. */
export const problemCodes = Object.keys(problems);

/** The codes of the problems of a status, or of all statuses but those that are told of by themselves. */
export function codesOf(of: number | { allBut: readonly number[] }): string[] {
  const has = (status: number) =>
    typeof of === 'number' ? status === of : !of.allBut.includes(status);
  return Object.entries(problems)
    .filter(([, { status }]) => has(status))
    .map(([code]) => code);
}

/** Turns whatever was thrown into a problem. What is not a refusal of ours stays out of the response. */
export function problemOf(
  error: unknown,
  correlationId: string,
): { problem: Problem; retryAfterSeconds?: number } {
  const refusal = asShopError(error);
  const code = refusal?.code ?? 'internal_error';
  const problem: Problem = {
    ...refusal?.members,
    type: `urn:mainstay:problem:${code.replaceAll('_', '-')}`,
    ...problems[code],
    detail:
      refusal?.message ?? 'The failure is recorded under the correlation id; please try again.',
    code,
    correlationId,
    ...(refusal?.errors ? { errors: refusal.errors } : {}),
  };
  const retryAfterSeconds = refusal?.retryAfterSeconds ?? (problem.status === 503 ? 5 : undefined);
  return retryAfterSeconds === undefined ? { problem } : { problem, retryAfterSeconds };
}

function asShopError(error: unknown): ShopError | null {
  if (error instanceof ShopError) return error;
  if (!(error instanceof Error)) return null;
  return fromDatabase(error) ?? fromFastify(error as FastifyError);
}

/** Fastify's own refusals (malformed JSON, schema, size, media type) are the client's to mend. */
function fromFastify(error: FastifyError): ShopError | null {
  if (error.validation) {
    const errors = error.validation.map((found) => fieldError(found, error.validationContext));
    const summary = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
    return new ShopError('validation_failed', `The request is not valid. ${summary}`, { errors });
  }
  const status = error.statusCode ?? 500;
  if (status === 413) return new ShopError('payload_too_large', 'The request body is too large.');
  if (status === 415)
    return new ShopError('unsupported_media_type', 'Send the body as application/json.');
  if (status === 429)
    return new ShopError('rate_limited', error.message, { retryAfterSeconds: 60 });
  if (status === 503) return new ShopError('service_unavailable', 'The shop is busy or stopping.');
  if (status >= 400 && status < 500) return new ShopError('validation_failed', error.message);
  return null;
}

/** A lost, exhausted or overtaxed database is a 503, which clients may try again. */
function fromDatabase(error: Error): ShopError | null {
  if (!isDatabaseTrouble(error)) return null;
  return new ShopError(
    'service_unavailable',
    'The database is unreachable or busy for the moment.',
    {
      retryAfterSeconds: 2,
      cause: error,
    },
  );
}

interface SchemaError {
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Record<string, unknown>;
}

function fieldError(found: SchemaError, context: string | undefined): FieldError {
  const inside = found.instancePath.split('/').slice(1);
  const extra = found.params.additionalProperty ?? found.params.missingProperty;
  const path = [...inside, ...(typeof extra === 'string' ? [extra] : [])].join('.');
  return { path: path === '' ? (context ?? 'body') : path, message: messageOf(found) };
}

function messageOf({ params, message }: SchemaError): string {
  if (params.additionalProperty !== undefined) return 'is not a known field';
  if (params.missingProperty !== undefined) return 'is required';
  if (Array.isArray(params.allowedValues))
    return `must be one of ${params.allowedValues.join(', ')}`;
  return message ?? 'is not valid';
}
