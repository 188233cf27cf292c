import { Type } from 'typebox';
import { IdSchema, MoneySchema, PageQuery, TimestampSchema } from '../../http/schemas.ts';
import { MAX_LINES } from '../catalog/catalog.model.ts';
import { MAX_QUANTITY } from './price-orders.service.ts';

const strict = { additionalProperties: false };
const line = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '\\S' });

export const AddressSchema = Type.Object(
  {
    name: line(200),
    line1: line(200),
    line2: Type.Optional(Type.String({ maxLength: 200 })),
    city: line(100),
    region: Type.Optional(Type.String({ maxLength: 100 })),
    postalCode: line(20),
    country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2.' }),
    phone: Type.Optional(Type.String({ maxLength: 40 })),
  },
  {
    ...strict,
    examples: [
      {
        name: 'Ada Byron',
        line1: '1 Mill Lane',
        city: 'Springfield',
        postalCode: '12345',
        country: 'US',
      },
    ],
  },
);

const Status = Type.Enum(['pending', 'paid', 'fulfilled', 'delivered', 'cancelled', 'expired']);

export const OrderSchema = Type.Object({
  id: IdSchema,
  number: Type.Integer(),
  status: Status,
  currency: Type.String(),
  items: Type.Array(
    Type.Object({
      variantId: IdSchema,
      sku: Type.String(),
      title: Type.String(),
      quantity: Type.Integer(),
      unitPrice: MoneySchema,
      total: MoneySchema,
    }),
  ),
  subtotal: MoneySchema,
  discountTotal: MoneySchema,
  shippingTotal: MoneySchema,
  taxTotal: MoneySchema,
  total: MoneySchema,
  refundedTotal: MoneySchema,
  email: Type.String(),
  shippingAddress: Type.Union([AddressSchema, Type.Null()]),
  reservedUntil: Type.Union([TimestampSchema, Type.Null()]),
  createdAt: TimestampSchema,
  updatedAt: TimestampSchema,
});

const quantity = Type.Integer({ minimum: 1, maximum: MAX_QUANTITY });
const ItemSchema = Type.Object(
  {
    variantId: Type.Optional(IdSchema),
    productId: Type.Optional({
      ...IdSchema,
      description: 'Instead, where a product has one variant.',
    }),
    quantity,
  },
  strict,
);

export const ItemsSchema = Type.Array(ItemSchema, {
  minItems: 1,
  maxItems: MAX_LINES,
  examples: [[{ variantId: '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10', quantity: 1 }]],
});

export const EmailSchema = Type.String({ format: 'email', maxLength: 254 });

export const PlaceOrderBody = Type.Object(
  {
    items: ItemsSchema,
    email: Type.Optional(EmailSchema),
    shippingAddress: Type.Optional(AddressSchema),
  },
  strict,
);

export const UpdateOrderBody = Type.Object(
  {
    status: Type.Optional(Status),
    email: Type.Optional(EmailSchema),
    shippingAddress: Type.Optional(AddressSchema),
  },
  { ...strict, minProperties: 1 },
);

export const OrderParams = Type.Object({ id: IdSchema });

export const ListOrdersQuery = Type.Object({ ...PageQuery, status: Type.Optional(Status) }, strict);
