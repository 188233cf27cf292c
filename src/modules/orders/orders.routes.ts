import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import {
  IdempotencyHeaders,
  IdSchema,
  PageOf,
  problemsFor,
  TimestampSchema,
} from '../../http/schemas.ts';
import { type OrderDeps, ordersController } from './orders.controller.ts';
import {
  ListOrdersQuery,
  OrderParams,
  OrderSchema,
  PlaceOrderBody,
  UpdateOrderBody,
} from './orders.schemas.ts';

const common = { tags: ['Orders'], security: [{ bearer: [] }] };

/** The orders of the signed-in customer; an administrator sees and moves all. */
export function ordersRoutes(app: App, deps: OrderDeps): void {
  const orders = ordersController(deps);
  app.get(
    '/api/orders',
    {
      config: { access: 'signed-in', keysWith: 'orders:read' },
      schema: {
        ...common,
        summary: 'List orders, newest first',
        querystring: ListOrdersQuery,
        response: { 200: PageOf(OrderSchema), ...problemsFor(400, 401) },
      },
    },
    (request) => orders.list(request, request.query),
  );
  app.post(
    '/api/orders',
    {
      config: { access: 'signed-in' },
      schema: {
        ...common,
        summary: 'Place an order: prices are the server’s, stock is reserved',
        headers: IdempotencyHeaders,
        body: PlaceOrderBody,
        response: { 201: OrderSchema, ...problemsFor(400, 401, 409, 422, 503) },
      },
    },
    (request, reply) => orders.place(request, reply, request.body),
  );
  app.get(
    '/api/orders/:id',
    {
      config: { access: 'signed-in', keysWith: 'orders:read' },
      schema: {
        ...common,
        summary: 'Show an order',
        params: OrderParams,
        response: { 200: OrderSchema, ...problemsFor(400, 401, 404) },
      },
    },
    (request) => orders.show(request, request.params.id),
  );
  app.put(
    '/api/orders/:id',
    {
      config: { access: 'signed-in', keysWith: 'orders:write' },
      schema: {
        ...common,
        summary: 'Change contact and address; an administrator also moves the status',
        params: OrderParams,
        body: UpdateOrderBody,
        response: { 200: OrderSchema, ...problemsFor(400, 401, 403, 404, 409) },
      },
    },
    (request) => orders.update(request, request.params.id, request.body),
  );
  app.delete(
    '/api/orders/:id',
    {
      config: { access: 'signed-in', keysWith: 'orders:write' },
      schema: {
        ...common,
        summary: 'Cancel an unpaid order and give its stock back',
        params: OrderParams,
        response: { 200: OrderSchema, ...problemsFor(400, 401, 404, 409) },
      },
    },
    (request) => orders.cancel(request, request.params.id),
  );
  app.get(
    '/api/orders/:id/events',
    {
      config: { access: 'orders:read' },
      schema: {
        ...common,
        summary: 'What happened to an order, in order',
        params: OrderParams,
        response: {
          200: Type.Object({
            data: Type.Array(
              Type.Object({
                id: IdSchema,
                type: Type.String({ examples: ['order.paid'] }),
                correlationId: Type.Union([Type.String(), Type.Null()]),
                occurredAt: TimestampSchema,
              }),
            ),
          }),
          ...problemsFor(400, 401, 403, 404),
        },
      },
    },
    (request) => orders.history(request, request.params.id),
  );
}
