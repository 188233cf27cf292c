import { type TSchema, Type } from 'typebox';
import { MAX_AMOUNT } from '../shared/money.ts';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../shared/pages.ts';
import { codesOf } from './problems.ts';

/** Wire schemas that every module shares. */
export const IdSchema = Type.String({
  format: 'uuid',
  description: 'A UUIDv7.',
  examples: ['0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10'],
});

export const TimestampSchema = Type.String({
  format: 'date-time',
  description: 'ISO 8601, UTC.',
  examples: ['2026-03-01T09:30:00.000Z'],
});

export const MoneySchema = Type.Object(
  {
    amount: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'In minor units.',
    }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.' }),
  },
  { additionalProperties: false, examples: [{ amount: 1999, currency: 'USD' }] },
);

/** A price as input: bounded by what the payment provider can charge. */
export const PriceSchema = Type.Object(
  {
    amount: Type.Integer({ minimum: 0, maximum: MAX_AMOUNT, description: 'In minor units.' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.' }),
  },
  { additionalProperties: false, examples: [{ amount: 1999, currency: 'USD' }] },
);

export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT })),
  cursor: Type.Optional(
    Type.String({ maxLength: 512, description: 'The nextCursor of the page before.' }),
  ),
};

/** Among the fields of a form: the token that binds it to its browser, looked at before the rest. */
export const CsrfField = { _csrf: Type.Optional(Type.String({ maxLength: 200 })) };

/** A list response of items. */
export function PageOf<T extends TSchema>(item: T) {
  return Type.Object({
    data: Type.Array(item),
    nextCursor: Type.Union([Type.String(), Type.Null()]),
  });
}

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({
      description: 'What a program goes by: words change, codes stay. New versions may add some.',
    }),
    correlationId: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
    challenge: Type.Optional(
      Type.String({
        description: 'Of `second_factor_required` at a sign-in: for POST /api/auth/second-factor.',
      }),
    ),
    expiresIn: Type.Optional(Type.Integer({ description: 'Seconds until the challenge expires.' })),
    confirmAt: Type.Optional(
      Type.String({ description: 'Of `step_up_required`: where one proves who one is.' }),
    ),
  },
  {
    description: 'An RFC 9457 problem.',
    examples: [
      {
        type: 'urn:mainstay:problem:not-found',
        title: 'Not found',
        status: 404,
        detail: 'The product was not found.',
        code: 'not_found',
        correlationId: '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10',
      },
    ],
  },
);

const problem = (about: string, codes: readonly string[]) => ({
  description: `${about}: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
  content: { 'application/problem+json': { schema: ProblemSchema } },
});

const told = {
  400: 'The input is not valid',
  401: 'Not signed in, or wrong credentials',
  403: 'Signed in, but not allowed',
  404: 'Does not exist, or belongs to somebody else',
  409: 'Conflicts with the current state',
  413: 'The body is too large',
  415: 'The content type is not supported',
  422: 'The idempotency key was used for another request',
  429: 'Too many requests (see Retry-After)',
  503: 'A dependency is unavailable (see Retry-After)',
};
type Told = keyof typeof told;

/** What any route may answer beside the refusals it names. */
export const anyProblem = problem(
  'Any other refusal or failure',
  codesOf({ allBut: Object.keys(told).map(Number) }),
);

/** The error responses of a route, for its `response` schema: `...problemsFor(400, 404)`. */
export function problemsFor<S extends Told>(...statuses: S[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, problem(told[status], codesOf(status))]),
  ) as Record<S, ReturnType<typeof problem>>;
}

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      // Quoted, nothing is nothing too: of a client that lost its keys, one order would answer for all.
      pattern: '^(?!""$)',
      description: 'Makes retries safe: the same key and body return the first response again.',
    }),
  ),
});
