import { Type } from 'typebox';
import { IdSchema, TimestampSchema } from '../../http/schemas.ts';
import { attributes, WHOLE } from './flags.model.ts';

const KEY = '^[a-z][a-z0-9-]{0,59}$';

export const FlagParams = Type.Object({
  key: Type.String({
    pattern: KEY,
    description: 'The key of a flag.',
    examples: ['related-products'],
  }),
});

const share = (description: string) =>
  Type.Integer({ minimum: 0, maximum: WHOLE, description, examples: [1000] });

const VariantName = Type.String({ pattern: KEY, examples: ['maker'] });

const RuleSchema = Type.Object(
  {
    when: Type.Array(
      Type.Object(
        {
          attribute: Type.Enum([...attributes]),
          not: Type.Boolean({ description: 'Met by those that have none of the values.' }),
          values: Type.Array(
            Type.String({ minLength: 1, maxLength: 100, pattern: '^[\\w.@-]+$' }),
            {
              minItems: 1,
              maxItems: 100,
            },
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 6, description: 'All of them are met.' },
    ),
    variant: VariantName,
    share: share('Of those who meet it, in hundredths of a percent.'),
  },
  { additionalProperties: false },
);

const settings = {
  enabled: Type.Boolean({ description: 'Off: everybody gets the variant declared for it.' }),
  rules: Type.Array(RuleSchema, { maxItems: 20, description: 'The first that fits counts.' }),
  rollout: share('The share of all that the weights are for, in hundredths of a percent.'),
  weights: Type.Record(Type.String({ pattern: KEY }), Type.Integer({ minimum: 0, maximum: 1000 }), {
    maxProperties: 10,
    description: 'The parts of the variants.',
    examples: [{ maker: 1 }],
  }),
};

const Version = Type.Integer({
  minimum: 0,
  maximum: 2_147_483_647,
  description: 'Of the flag as it was seen; 0: nobody has set it.',
});

export const FlagBody = Type.Object(
  {
    ...settings,
    experiment: Type.Boolean({
      description: 'Whether an experiment is to run, which counts who saw what.',
    }),
    version: Version,
  },
  { additionalProperties: false },
);

export const VersionQuery = Type.Object({ version: Version }, { additionalProperties: false });

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

export const FlagSchema = Type.Object({
  key: Type.String(),
  description: Nullable(Type.String({ description: 'Null for a flag that the code lacks.' })),
  owner: Nullable(Type.String()),
  scope: Nullable(Type.Enum(['shop', 'visitor'])),
  variants: Type.Array(Type.String()),
  default: Nullable(Type.String()),
  off: Nullable(Type.String()),
  ...settings,
  experiment: Type.Boolean(),
  version: Type.Integer(),
  changedAt: Nullable(TimestampSchema),
});

const part = Type.Number({ minimum: -1, maximum: 1 });

const OutcomeSchema = Type.Object({
  count: Type.Integer(),
  of: Type.Integer(),
  rate: part,
  between: Type.Object({ low: part, high: part }, { description: 'The true rate, 95 %.' }),
  difference: Nullable(
    Type.Object(
      { seen: part, low: Type.Number(), high: Type.Number() },
      { description: 'Less the control’s rate.' },
    ),
  ),
  verdict: Type.Enum(['control', 'early', 'better', 'worse', 'open']),
});

export const ResultSchema = Type.Object({
  id: IdSchema,
  startedAt: TimestampSchema,
  endedAt: Nullable(TimestampSchema),
  variants: Type.Array(
    Type.Object({
      variant: Type.String(),
      weight: Type.Integer(),
      visitors: Type.Integer(),
      ordered: OutcomeSchema,
      paid: OutcomeSchema,
    }),
  ),
  lopsided: Type.Boolean({
    description: 'Visitors are divided otherwise than they were meant to be: believe none of it.',
  }),
  strayed: Type.Integer({ description: 'Visitors who saw another variant later.' }),
});

export const SegmentParams = Type.Object({
  key: Type.String({ pattern: KEY, description: 'The key of a segment.', examples: ['testers'] }),
});

const members = {
  customerIds: Type.Array(Type.String({ format: 'uuid' }), { maxItems: 1000 }),
  emailDomains: Type.Array(
    Type.String({ pattern: '^[A-Za-z0-9.-]{1,253}$', examples: ['example.com'] }),
    { maxItems: 1000 },
  ),
};

export const SegmentBody = Type.Object(
  { ...members, version: Version },
  { additionalProperties: false },
);

export const SegmentSchema = Type.Object({
  key: Type.String(),
  ...members,
  version: Type.Integer(),
});
