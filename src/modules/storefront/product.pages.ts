import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { productController } from './product.controller.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

/** A choice of variant: `variant`, or `option-0`, `option-1`, … Links from elsewhere may carry anything else. */
const Choice = Type.Record(
  Type.String({ pattern: '^(product|variant|quantity|option-\\d+)$' }),
  Type.String({ maxLength: 2000 }),
);

/** A product's page, and the form on it that puts the product into the cart. */
export function productPages(app: App, deps: StorefrontDeps): void {
  const controller = productController(deps);

  app.get(
    '/products/:slug',
    {
      config: { access: 'anyone' },
      schema: { params: Type.Object({ slug: Type.String() }), querystring: Choice },
    },
    (request, reply) => controller.show(request, reply, request.params.slug, request.query),
  );
  app.post(
    '/cart/items',
    { config: { access: 'anyone' }, schema: { body: Choice } },
    (request, reply) => controller.addToCart(request, reply, request.body),
  );
}
