import { type Static, Type } from 'typebox';
import { type EventType, eventTypes } from '../../events/catalogue.ts';
import { IdSchema, PageQuery, TimestampSchema } from '../../http/schemas.ts';

const Timestamp = Type.Union([TimestampSchema, Type.Null()]);
const Text = Type.Union([Type.String(), Type.Null()]);
const Status = Type.Union([Type.Integer(), Type.Null()], {
  description: 'HTTP status of the answer; null where no whole answer came.',
});
const EventTypeSchema = Type.Unsafe<EventType>({ type: 'string', enum: eventTypes });
const EventTypesSchema = Type.Union(
  [Type.Array(EventTypeSchema, { minItems: 1, maxItems: 100, uniqueItems: true }), Type.Null()],
  { description: 'The types it wants; null for all.' },
);
const SecretSchema = Type.String({
  description: 'Signs what is sent, as Standard Webhooks has it. Told this once.',
  examples: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD4r2Qk6ZHTbs='],
});

const endpointFields = {
  id: IdSchema,
  url: Type.String(),
  description: Type.String(),
  eventTypes: EventTypesSchema,
  state: Type.Enum(['enabled', 'disabled']),
  disabledReason: Text,
  disabledAt: Timestamp,
  failingSince: Timestamp,
  createdAt: TimestampSchema,
  updatedAt: TimestampSchema,
};
export const EndpointSchema = Type.Object(endpointFields);
export const EndpointWithSecretSchema = Type.Object({ ...endpointFields, secret: SecretSchema });

const input = {
  url: Type.String({
    minLength: 1,
    maxLength: 2048,
    description: 'https, in production; redirects are not followed.',
  }),
  description: Type.Optional(Type.String({ maxLength: 500 })),
  eventTypes: Type.Optional(EventTypesSchema),
};
const example = {
  url: 'https://erp.example/hooks/mainstay',
  description: 'Stock keeping',
  eventTypes: ['order.paid', 'order.fulfilled'],
};
export const CreateEndpointBody = Type.Object(input, {
  additionalProperties: false,
  examples: [example],
});
export const ChangeEndpointBody = Type.Object(
  {
    ...input,
    enabled: Type.Optional(Type.Boolean({ description: 'Enabling sends what waits.' })),
  },
  {
    additionalProperties: false,
    description: 'What is left out stays.',
    examples: [{ ...example, enabled: true }],
  },
);
export type CreateEndpoint = Static<typeof CreateEndpointBody>;
export type ChangeEndpoint = Static<typeof ChangeEndpointBody>;

export const DeliverySchema = Type.Object({
  id: IdSchema,
  endpointId: IdSchema,
  eventId: IdSchema,
  eventType: Type.String(),
  state: Type.Enum(['pending', 'delivered', 'failed']),
  attempts: Type.Integer(),
  nextAttemptAt: Timestamp,
  lastStatus: Status,
  lastError: Text,
  responseExcerpt: Text,
  createdAt: TimestampSchema,
  settledAt: Timestamp,
});

export const EndpointParams = Type.Object({ id: IdSchema });
export const DeliveryParams = Type.Object({ id: IdSchema, deliveryId: IdSchema });
export const ListEndpointsQuery = Type.Object(PageQuery, { additionalProperties: false });
export const ListDeliveriesQuery = Type.Object(
  { ...PageQuery, state: Type.Optional(DeliverySchema.properties.state) },
  { additionalProperties: false },
);
