import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { IdempotencyHeaders, PageOf, problemsFor } from '../../http/schemas.ts';
import { type PaymentDeps, paymentsController } from './payments.controller.ts';
import {
  CheckoutBody,
  CheckoutSchema,
  CreatePaymentBody,
  IdParams,
  ListPaymentsQuery,
  PaymentSchema,
  RefundBody,
  RefundSchema,
} from './payments.schemas.ts';

const common = { tags: ['Payments'], security: [{ bearer: [] }] };

/** Checkout, payments and refunds. */
export function paymentsRoutes(app: App, deps: PaymentDeps): void {
  const payments = paymentsController(deps);
  app.post(
    '/api/checkout',
    {
      config: { access: 'signed-in' },
      schema: {
        ...common,
        summary: 'Open a Stripe payment page for an order, or for items that become one',
        headers: IdempotencyHeaders,
        body: CheckoutBody,
        response: { 201: CheckoutSchema, ...problemsFor(400, 401, 404, 409, 422, 503) },
      },
    },
    (request, reply) => payments.checkout(request, reply, request.body),
  );
  app.get(
    '/api/payments',
    {
      config: { access: 'signed-in', keysWith: 'orders:read' },
      schema: {
        ...common,
        summary: 'List payments, newest first',
        querystring: ListPaymentsQuery,
        response: { 200: PageOf(PaymentSchema), ...problemsFor(400, 401) },
      },
    },
    (request) => payments.list(request, request.query),
  );
  app.get(
    '/api/payments/:id',
    {
      config: { access: 'signed-in', keysWith: 'orders:read' },
      schema: {
        ...common,
        summary: 'Show a payment',
        params: IdParams,
        response: { 200: PaymentSchema, ...problemsFor(400, 401, 404) },
      },
    },
    (request) => payments.show(request, request.params.id),
  );
  app.post(
    '/api/payments',
    {
      config: { access: 'signed-in', keysWith: 'orders:write' },
      schema: {
        ...common,
        summary:
          'Announce a manual payment of a pending order; an administrator also records one that came',
        headers: IdempotencyHeaders,
        body: CreatePaymentBody,
        response: { 201: PaymentSchema, ...problemsFor(400, 401, 403, 404, 409, 422) },
      },
    },
    (request, reply) => payments.create(request, reply, request.body),
  );
  app.post(
    '/api/orders/:id/refunds',
    {
      config: { access: 'refunds:write' },
      schema: {
        ...common,
        tags: ['Orders'],
        summary: 'Refund an order in whole or in part, never more than was paid',
        headers: IdempotencyHeaders,
        params: IdParams,
        body: RefundBody,
        response: { 201: RefundSchema, ...problemsFor(400, 401, 403, 404, 409, 422) },
      },
    },
    (request, reply) => payments.refund(request, reply, request.params.id, request.body),
  );
  app.get(
    '/api/orders/:id/refunds',
    {
      config: { access: 'refunds:read' },
      schema: {
        ...common,
        tags: ['Orders'],
        summary: 'The refunds of an order',
        params: IdParams,
        response: {
          200: Type.Object({ data: Type.Array(RefundSchema) }),
          ...problemsFor(400, 401, 403, 404),
        },
      },
    },
    (request) => payments.refunds(request.params.id),
  );
}

/** Stripe's webhook, in a scope of its own: the signature covers the raw bytes, so nothing parses them before. */
export function webhookRoutes(app: App, deps: PaymentDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const payments = paymentsController(deps);
  app.post(
    '/api/webhooks/stripe',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['Payments'],
        summary: 'Receive a signed Stripe event; repeats and any order of arrival are harmless',
        response: {
          200: Type.Object({ received: Type.Boolean({ examples: [true] }) }),
          ...problemsFor(400, 503),
        },
      },
    },
    (request) => payments.webhook(request),
  );
}
