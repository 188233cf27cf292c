import { type Static, Type } from 'typebox';
import { IdSchema, PageQuery, TimestampSchema } from '../../http/schemas.ts';
import { MAX_NOTE_LENGTH } from './tasks.model.ts';

const Severity = Type.Enum(['error', 'warning']);
const Closed = Type.Enum(['done', 'dismissed']);
const State = Type.Enum(['open', 'done', 'dismissed']);
const Nullable = Type.Union([Type.String(), Type.Null()]);

export const TaskSchema = Type.Object({
  id: IdSchema,
  kind: Type.String({ examples: ['payment_unknown'] }),
  subject: Type.String({ description: 'What it is about.', examples: ['pi_3Q1'] }),
  title: Type.String(),
  detail: Type.String(),
  severity: Severity,
  state: State,
  orderId: Nullable,
  firstSeen: TimestampSchema,
  lastSeen: TimestampSchema,
  closedAt: Nullable,
  closedBy: Nullable,
  note: Nullable,
});

export const ListTasksQuery = Type.Object(
  {
    ...PageQuery,
    state: Type.Optional(State),
    severity: Type.Optional(Severity),
    kind: Type.Optional(Type.String({ maxLength: 64, pattern: '^[a-z_]+$' })),
  },
  { additionalProperties: false },
);

export const CloseTaskBody = Type.Object(
  {
    state: Closed,
    note: Type.String({
      minLength: 1,
      maxLength: MAX_NOTE_LENGTH,
      pattern: '\\S',
      description: 'What was done, or why nothing has to be.',
    }),
  },
  {
    additionalProperties: false,
    examples: [{ state: 'done', note: 'Refunded at Stripe’s dashboard.' }],
  },
);
export type CloseTaskInput = Static<typeof CloseTaskBody>;

export const TaskParams = Type.Object({ id: IdSchema });
