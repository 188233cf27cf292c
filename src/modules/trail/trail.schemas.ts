import { Type } from 'typebox';
import { IdSchema, PageQuery, TimestampSchema } from '../../http/schemas.ts';
import { type Act, acts } from '../../trail/acts.ts';
import { exportFormats } from './export-trail.service.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const Day = Type.String({ format: 'date', examples: ['2026-03-01'] });
export const ActName = Type.Unsafe<Act>({ type: 'string', enum: Object.keys(acts) });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const TrailEntrySchema = Type.Object({
  position: Type.Integer({ description: '1, 2, 3, … without a gap.' }),
  id: IdSchema,
  occurredAt: TimestampSchema,
  actor: Type.Object({
    kind: Type.String({ description: 'staff, customer, api-key, visitor or system.' }),
    id: Text,
  }),
  act: Type.String({ examples: ['order.paid_by_hand'] }),
  subject: Type.Object({ kind: Type.String({ examples: ['order'] }), id: Text }),
  detail: Type.Object(
    {},
    { additionalProperties: true, description: 'Ids, numbers and names of fields.' },
  ),
  correlationId: Text,
  network: Type.Union([Type.String(), Type.Null()], {
    description: 'The network that it came from, never the whole address.',
    examples: ['203.0.113.0/24'],
  }),
  previousHash: Hash,
  hash: Hash,
});

const filters = {
  actor: Type.Optional(IdSchema),
  act: Type.Optional(ActName),
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  from: Type.Optional(Day),
  to: Type.Optional(Day),
  id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'Any id: of the act, its actor, its subject, its correlation id; or its position.',
    }),
  ),
};

export const ListTrailQuery = Type.Object(
  { ...PageQuery, ...filters },
  { additionalProperties: false },
);
export const ExportTrailQuery = Type.Object(
  { ...filters, format: Type.Optional(Type.Enum([...exportFormats], { default: 'jsonl' })) },
  { additionalProperties: false },
);
export const TrailParams = Type.Object({ id: IdSchema });
