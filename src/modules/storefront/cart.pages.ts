import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { CsrfField, IdSchema } from '../../http/schemas.ts';
import { cartController } from './cart.controller.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

const QuantityForm = Type.Object({
  ...CsrfField,
  quantity: Type.String({ pattern: '^\\d{1,3}$' }),
});

/** The cart. What goes into it comes from product pages. */
export function cartPages(app: App, deps: StorefrontDeps): void {
  const controller = cartController(deps);

  app.get('/cart', { config: { access: 'anyone' } }, controller.show);
  app.post(
    '/cart/items/:variantId',
    {
      config: { access: 'anyone' },
      attachValidation: true,
      schema: { params: Type.Object({ variantId: IdSchema }), body: QuantityForm },
    },
    (request, reply) =>
      controller.setQuantity(request, reply, request.params.variantId, request.body),
  );
}
