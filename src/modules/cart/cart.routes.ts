import { Type } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { App, Request } from '../../http/app-type.ts';
import { principalOf } from '../../http/principal.ts';
import { IdSchema, MoneySchema, problemsFor } from '../../http/schemas.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { getCart, MAX_CART_QUANTITY, setCartQuantity } from './cart.service.ts';

const CartSchema = Type.Object({
  lines: Type.Array(
    Type.Object({
      variantId: IdSchema,
      sku: Type.String(),
      title: Type.String(),
      variantTitle: Type.String(),
      slug: Type.String(),
      quantity: Type.Integer(),
      unitPrice: MoneySchema,
      total: MoneySchema,
      available: Type.Integer(),
      inventoryPolicy: Type.Enum(['deny', 'continue']),
      problem: Type.Union([
        Type.Enum(['unavailable', 'other_currency', 'insufficient_stock']),
        Type.Null(),
      ]),
    }),
  ),
  count: Type.Integer(),
  subtotal: Type.Union([MoneySchema, Type.Null()]),
  orderable: Type.Boolean(),
});

const common = { tags: ['Cart'], security: [{ bearer: [] }] };

/** The signed-in customer's cart. It has no id to guess: everybody sees their own. */
export function cartRoutes(app: App, { db, metrics }: { db: Db; metrics: Metrics }): void {
  app.get(
    '/api/cart',
    {
      config: { access: 'signed-in' },
      schema: {
        ...common,
        summary: 'Show the cart at current prices and stock',
        response: { 200: CartSchema, ...problemsFor(401) },
      },
    },
    (request) => getCart(db, ownerOf(request)),
  );
  app.put(
    '/api/cart/items/:variantId',
    {
      config: { access: 'signed-in' },
      schema: {
        ...common,
        summary: 'Set how many of a variant are in the cart; 0 takes it out',
        description: 'Of 100 different variants at most: another is refused with 409.',
        params: Type.Object({ variantId: IdSchema }),
        body: Type.Object(
          { quantity: Type.Integer({ minimum: 0, maximum: MAX_CART_QUANTITY }) },
          { additionalProperties: false, examples: [{ quantity: 2 }] },
        ),
        response: { 200: CartSchema, ...problemsFor(400, 401, 404, 409) },
      },
    },
    async (request) => {
      const { variantId } = request.params;
      const { quantity } = request.body;
      await setCartQuantity(db, ownerOf(request), { variantId, quantity });
      if (quantity > 0) metrics.purchaseSteps.inc({ step: 'cart_added' });
      return getCart(db, ownerOf(request));
    },
  );
}

function ownerOf(request: Request) {
  return { customerId: principalOf(request).userId };
}
