import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { orderController } from './order.controller.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

const params = Type.Object({ id: Type.String() });
/** Set on the way back from paying; counts how often the page has looked since. */
const Returned = Type.Object({ paid: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) });

/** A customer's own order: how it stands, and paying or cancelling it. */
export function orderPages(app: App, deps: StorefrontDeps): void {
  const controller = orderController(deps);

  app.get(
    '/orders/:id',
    { config: { access: 'signed-in' }, schema: { params, querystring: Returned } },
    (request, reply) => controller.show(request, reply, request.params.id, request.query.paid),
  );
  app.post(
    '/orders/:id/pay',
    { config: { access: 'signed-in' }, schema: { params } },
    (request, reply) => controller.pay(request, reply, request.params.id),
  );
  app.post(
    '/orders/:id/cancel',
    { config: { access: 'signed-in' }, schema: { params } },
    (request, reply) => controller.cancel(request, reply, request.params.id),
  );
}
