import type Stripe from 'stripe';

export interface ApiErrorBody {
  readonly error: {
    readonly type: string;
    readonly message: string;
    readonly code?: string;
    readonly decline_code?: string;
    readonly param?: string;
    readonly charge?: string;
    readonly payment_intent?: Stripe.PaymentIntent;
    readonly doc_url?: string;
  };
}

interface ApiErrorDetails {
  readonly status?: number;
  readonly type?: string;
  readonly code?: string;
  readonly param?: string;
  /** Whether Stripe keeps this answer under the request's idempotency key: true once work began. */
  readonly kept?: boolean;
}

/** An error answer of Stripe's API; 400 `invalid_request_error` unless told otherwise. */
export class ApiError extends Error {
  readonly status: number;
  readonly kept: boolean;
  readonly body: ApiErrorBody;

  constructor(message: string, details: ApiErrorDetails = {}) {
    super(message);
    this.status = details.status ?? 400;
    this.kept = details.kept ?? false;
    const { code, param } = details;
    this.body = {
      error: {
        type: details.type ?? 'invalid_request_error',
        message,
        ...(code === undefined
          ? {}
          : { code, doc_url: `https://stripe.com/docs/error-codes/${code}` }),
        ...(param === undefined ? {} : { param }),
      },
    };
  }
}

/** 404 `resource_missing` for an id that nobody has; `noun` as Stripe puts it, for example `charge`. */
export function noSuch(noun: string, id: string, param = 'id'): ApiError {
  return new ApiError(`No such ${noun}: '${id}'`, { status: 404, code: 'resource_missing', param });
}

/** The value, or 404 `resource_missing`. */
export function found<T>(value: T | undefined, noun: string, id: string, param = 'id'): T {
  if (value === undefined) throw noSuch(noun, id, param);
  return value;
}
