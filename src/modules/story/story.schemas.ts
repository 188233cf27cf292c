import { Type } from 'typebox';
import { IdSchema, TimestampSchema } from '../../http/schemas.ts';

const Text = Type.String();
const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableTime = Type.Union([TimestampSchema, Type.Null()]);

export const StoryQuery = Type.Object(
  {
    q: Type.String({
      minLength: 1,
      maxLength: 200,
      description:
        'An order’s number or id; a correlation id; an id of Stripe’s (cs_, pi_, re_, evt_); the id of a payment, refund, checkout, event or delivery.',
      examples: ['1001'],
    }),
  },
  { additionalProperties: false },
);

const FoundOrderSchema = Type.Object({
  id: IdSchema,
  number: Type.Integer({ examples: [1001] }),
  status: Text,
});

const TroubleSchema = Type.Object({
  step: Type.String({ examples: ['stripe_event'] }),
  severity: Type.Union([Type.Literal('bad'), Type.Literal('warn')]),
  what: Text,
  runbook: Type.String({ examples: ['parked-money.md'] }),
  href: NullableText,
  since: NullableTime,
});

const EntrySchema = Type.Object({
  at: TimestampSchema,
  kind: Type.String({ examples: ['request'] }),
  what: Text,
  outcome: Text,
  detail: Text,
  correlationId: NullableText,
  traceId: NullableText,
  href: NullableText,
});

export const SearchSchema = Type.Object({
  orders: Type.Array(FoundOrderSchema),
  story: Type.Union([
    Type.Object({
      order: FoundOrderSchema,
      troubles: Type.Array(TroubleSchema),
      entries: Type.Array(EntrySchema),
    }),
    Type.Null(),
  ]),
  work: Type.Array(EntrySchema),
});
