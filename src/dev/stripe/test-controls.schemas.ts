import { Type } from 'typebox';

/** The session's id in a path. */
export const SessionPath = Type.Object({ id: Type.String() });

/** What `POST /_test/checkout/sessions/:id/pay` takes. */
export const PayBody = Type.Object(
  {
    card: Type.String({ minLength: 1, maxLength: 40 }),
    authentication: Type.Optional(Type.Union([Type.Literal('complete'), Type.Literal('fail')])),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    email: Type.Optional(Type.String({ minLength: 3, maxLength: 200 })),
  },
  { additionalProperties: false },
);

/** What `POST /_test/events/resend` takes. */
export const ResendBody = Type.Object({ id: Type.String() }, { additionalProperties: false });

/** What `PUT /_test/webhooks/endpoint` takes. */
export const EndpointBody = Type.Object(
  { url: Type.String({ pattern: '^https?://' }) },
  { additionalProperties: false },
);
