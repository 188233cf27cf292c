import { type Static, Type } from 'typebox';
import { IdSchema, PageQuery, TimestampSchema } from '../../http/schemas.ts';
import { MAX_ON_HAND } from './inventory.model.ts';

const Nullable = <T extends ReturnType<typeof Type.String>>(schema: T) =>
  Type.Union([schema, Type.Null()]);

export const StockItemSchema = Type.Object({
  variantId: IdSchema,
  productId: IdSchema,
  productSlug: Type.String(),
  productTitle: Type.String(),
  title: Type.String(),
  sku: Type.String(),
  onHand: Type.Integer(),
  reserved: Type.Integer(),
  available: Type.Integer(),
  inventoryPolicy: Type.Union([Type.Literal('deny'), Type.Literal('continue')]),
  updatedAt: TimestampSchema,
});

export const MovementSchema = Type.Object({
  id: Type.Integer(),
  kind: Type.String({
    description: 'receipt, adjustment, reservation, release, shipment or return.',
  }),
  onHandDelta: Type.Integer(),
  reservedDelta: Type.Integer(),
  orderId: Nullable(Type.String()),
  reason: Type.String(),
  actorId: Nullable(Type.String()),
  createdAt: TimestampSchema,
});

export const ListStockQuery = Type.Object(
  {
    ...PageQuery,
    query: Type.Optional(
      Type.String({ maxLength: 100, description: 'Part of a product title or of a SKU.' }),
    ),
    low: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_ON_HAND,
        description: 'Only variants with at most so many available.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const MovementsQuery = Type.Object(PageQuery, { additionalProperties: false });
export const VariantParams = Type.Object({ variantId: IdSchema });

export const AdjustmentBody = Type.Object(
  {
    delta: Type.Union(
      [
        Type.Integer({ minimum: -MAX_ON_HAND, maximum: -1 }),
        Type.Integer({ minimum: 1, maximum: MAX_ON_HAND }),
      ],
      { description: 'Units added, or taken where negative.' },
    ),
    reason: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
  },
  { additionalProperties: false, examples: [{ delta: -2, reason: 'Damaged in the store room' }] },
);
export type Adjustment = Static<typeof AdjustmentBody>;
