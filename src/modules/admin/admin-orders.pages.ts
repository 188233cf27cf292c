import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { IdParams, ListQuery } from './admin.schemas.ts';
import { orderController } from './admin-orders.controller.ts';
import type { AdminDeps } from './admin-page.ts';

const OrdersQuery = Type.Object({
  ...ListQuery,
  status: Type.Optional(
    Type.Enum(['', 'pending', 'paid', 'fulfilled', 'delivered', 'cancelled', 'expired']),
  ),
});

const RefundForm = Type.Object({
  amount: Type.String({ maxLength: 30 }),
  reason: Type.String({ maxLength: 500 }),
  key: Type.String({ minLength: 1, maxLength: 255 }),
});

/** Orders: the list, one with its money and history, and what can be done with it. */
export function orderPages(app: App, deps: AdminDeps): void {
  const controller = orderController(deps);
  app.get(
    '/admin/orders',
    { config: { access: 'orders:read' }, schema: { querystring: OrdersQuery } },
    (request, reply) => controller.list(request, reply, request.query),
  );
  app.get(
    '/admin/orders/:id',
    { config: { access: 'orders:read' }, schema: { params: IdParams } },
    (request, reply) => controller.show(request, reply, request.params.id),
  );
  app.post(
    '/admin/orders/:id/paid',
    { config: { access: 'orders:write', stepUp: true }, schema: { params: IdParams } },
    (request, reply) => controller.markPaid(request, reply, request.params.id),
  );
  for (const step of ['fulfilled', 'delivered'] as const)
    app.post(
      `/admin/orders/:id/${step}`,
      { config: { access: 'orders:write' }, schema: { params: IdParams } },
      (request, reply) => controller.advance(request, reply, request.params.id, step),
    );
  app.post(
    '/admin/orders/:id/cancelled',
    { config: { access: 'orders:write' }, schema: { params: IdParams } },
    (request, reply) => controller.cancel(request, reply, request.params.id),
  );
  app.post(
    '/admin/orders/:id/refunds',
    {
      config: { access: 'refunds:write', stepUp: true },
      schema: { params: IdParams, body: RefundForm },
    },
    (request, reply) => controller.refund(request, reply, request.params.id, request.body),
  );
}
