import { Type } from 'typebox';
import { IdSchema, MoneySchema, PageQuery, TimestampSchema } from '../../http/schemas.ts';
import { AddressSchema, EmailSchema, ItemsSchema } from '../orders/orders.schemas.ts';

const strict = { additionalProperties: false };

export const CheckoutBody = Type.Object(
  {
    orderId: Type.Optional({
      ...IdSchema,
      description: 'An order that waits for payment; or items.',
    }),
    items: Type.Optional(ItemsSchema),
    email: Type.Optional(EmailSchema),
    shippingAddress: Type.Optional(AddressSchema),
  },
  { ...strict, examples: [{ orderId: '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10' }] },
);

export const CheckoutSchema = Type.Object({
  orderId: IdSchema,
  sessionId: Type.String(),
  url: Type.String({ description: 'Where the customer pays.' }),
  expiresAt: TimestampSchema,
});

export const PaymentSchema = Type.Object({
  id: IdSchema,
  orderId: IdSchema,
  provider: Type.Enum(['stripe', 'manual']),
  providerPaymentId: Type.Union([Type.String(), Type.Null()]),
  status: Type.Enum(['pending', 'succeeded', 'failed', 'cancelled']),
  amount: MoneySchema,
  refundedAmount: MoneySchema,
  createdAt: TimestampSchema,
  updatedAt: TimestampSchema,
});

export const CreatePaymentBody = Type.Object(
  {
    orderId: IdSchema,
    amount: Type.Optional(MoneySchema),
    status: Type.Optional(
      Type.Enum(['pending', 'succeeded'], {
        description: '`succeeded` only for an administrator.',
      }),
    ),
  },
  strict,
);

export const ListPaymentsQuery = Type.Object(
  { ...PageQuery, orderId: Type.Optional(IdSchema) },
  strict,
);

export const RefundBody = Type.Object(
  {
    amount: Type.Optional(MoneySchema),
    reason: Type.Optional(Type.String({ maxLength: 500 })),
  },
  strict,
);

export const RefundSchema = Type.Object({
  id: IdSchema,
  orderId: IdSchema,
  paymentId: IdSchema,
  status: Type.Enum(['pending', 'succeeded', 'failed']),
  amount: MoneySchema,
  reason: Type.String(),
  createdAt: TimestampSchema,
  updatedAt: TimestampSchema,
});

export const IdParams = Type.Object({ id: IdSchema });
