/** Every way the shop refuses a request. http/problems.ts gives each its status; an unmapped code does not compile. */
export type ErrorCode =
  | 'validation_failed'
  | 'unauthenticated'
  | 'invalid_credentials'
  | 'second_factor_required'
  | 'forbidden'
  | 'step_up_required'
  | 'second_factor_missing'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'insufficient_stock'
  | 'invalid_transition'
  | 'idempotency_in_progress'
  | 'request_timeout'
  | 'payload_too_large'
  | 'address_too_long'
  | 'unsupported_media_type'
  | 'idempotency_key_reused'
  | 'rate_limited'
  | 'headers_too_large'
  | 'payment_provider_unavailable'
  | 'service_unavailable';

export interface FieldError {
  /** Where in the input, as a dotted path: `items.0.quantity`. */
  readonly path: string;
  /** What to change. */
  readonly message: string;
}

/** A refusal that the caller can understand and act on; its message is shown to them. */
export class ShopError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** What else the answer tells: how to go on. */
  readonly members: Readonly<Record<string, string | number>>;
  constructor(
    code: ErrorCode,
    message: string,
    more: {
      errors?: readonly FieldError[];
      retryAfterSeconds?: number;
      members?: Readonly<Record<string, string | number>>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.errors = more.errors;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.members = more.members ?? {};
  }
}

/** The one answer for what does not exist and for what belongs to somebody else. */
export function notFound(what: string): ShopError {
  return new ShopError('not_found', `${what} was not found.`);
}

/** A refusal of one field of the input. */
export function invalid(path: string, message: string): ShopError {
  return new ShopError('validation_failed', message, { errors: [{ path, message }] });
}

/** The refusal of a form that was made of a state which is there no more. */
export function changedMeanwhile(): ShopError {
  return new ShopError(
    'conflict',
    'Somebody else changed it since you opened it: look at what it is now, and change that.',
  );
}
