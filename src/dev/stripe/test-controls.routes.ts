import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { ApiError, found } from './api-error.ts';
import type { StandInContext } from './context.ts';
import { withPending } from './events.api.ts';
import { FaultSettings } from './faults.ts';
import { EndpointBody, PayBody, ResendBody, SessionPath } from './test-controls.schemas.ts';
import { payFromScript } from './test-pay.ts';

/** What scripts and tests steer the stand-in by. README.md describes each for its users. */
export function testControlRoutes(instance: FastifyInstance, context: StandInContext): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const { store, faults, sender } = context;

  app.setErrorHandler<Error & { statusCode?: number; validation?: unknown }>(
    (error, _request, reply) => {
      if (error instanceof ApiError) return reply.code(error.status).send(error.body);
      const status = error.statusCode ?? 500;
      if (status >= 500) context.log(`A test control failed: ${error}`);
      return reply.code(status).send(new ApiError(error.message).body);
    },
  );
  app.addHook('preHandler', () => store.settled());

  app.post(
    '/_test/checkout/sessions/:id/pay',
    { schema: { params: SessionPath, body: PayBody } },
    async (request, reply) => {
      const { status, body } = await payFromScript(context, request.params.id, request.body);
      return reply.code(status).send(body);
    },
  );

  app.get('/_test/charges', () => ({ data: everyCharge(context) }));

  app.get('/_test/events', () => ({
    data: [...store.table('events').values()].map((event) => withPending(context, event)),
  }));

  app.get('/_test/faults', () => faults.active());
  app.post('/_test/faults', { schema: { body: FaultSettings } }, (request) => {
    faults.set(request.body);
    return faults.active();
  });

  app.post('/_test/webhooks/flush', async () => {
    const result = await sender.flush();
    return { ...result, pending: store.table('deliveries').size };
  });

  app.put('/_test/webhooks/endpoint', { schema: { body: EndpointBody } }, (request) => {
    sender.setEndpoint(request.body.url);
    return { url: request.body.url };
  });

  app.post('/_test/events/resend', { schema: { body: ResendBody } }, async (request) => {
    const { id } = request.body;
    found(store.table('events').get(id), 'event', id);
    return { id, delivered: await sender.resend(id) };
  });
}

function everyCharge({ store }: StandInContext): object[] {
  const sessions = [...store.table('checkouts').values()].map(({ session }) => session);
  const sessionIds = new Map(sessions.map((session) => [session.payment_intent, session.id]));
  return [...store.table('charges').values()].map((charge) => ({
    id: charge.id,
    sessionId: sessionIds.get(charge.payment_intent),
    paymentIntent: charge.payment_intent,
    amount: charge.amount,
    currency: charge.currency,
    status: charge.status,
    amountRefunded: charge.amount_refunded,
  }));
}
