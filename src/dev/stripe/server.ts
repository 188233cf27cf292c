import { readFileSync } from 'node:fs';
import Fastify, { type FastifyInstance } from 'fastify';
import { Api } from './api.ts';
import { errorAnswer, prepareHeaders, sendAnswer } from './api-answer.ts';
import { ApiError } from './api-error.ts';
import { chargesApi } from './charges.api.ts';
import { checkoutApi } from './checkout.api.ts';
import type { StandInContext } from './context.ts';
import { eventsApi } from './events.api.ts';
import { payPageRoutes } from './pay-page.routes.ts';
import { paymentIntentsApi } from './payment-intents.api.ts';
import { refundsApi } from './refunds.api.ts';
import { testControlRoutes } from './test-controls.routes.ts';

const BODY_LIMIT = 256 * 1024;

/** Builds the stand-in's HTTP server: Stripe's API, the payment page, the controls for scripts. */
export function buildServer(context: StandInContext): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  // Kept as text: the API decodes Stripe's brackets, and the payment page its plain fields.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  app.setNotFoundHandler((request, reply) => {
    prepareHeaders(request, reply);
    const line = `${request.method}: ${request.url.split('?')[0]}`;
    const error = new ApiError(`Unrecognized request URL (${line}).`, { status: 404 });
    return sendAnswer(reply, errorAnswer(error));
  });
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    prepareHeaders(request, reply);
    const status = error.statusCode ?? 500;
    if (status >= 500) context.log(`${request.method} failed: ${error}`);
    const known = status < 500 ? new ApiError(error.message, { status }) : error;
    return sendAnswer(reply, errorAnswer(known));
  });

  const api = new Api(app, context);
  checkoutApi(api, context);
  paymentIntentsApi(api, context);
  chargesApi(api, context);
  refundsApi(api, context);
  eventsApi(api, context);

  const stylesheet = ['pay-layout.css', 'pay-page.css']
    .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
    .join('\n');
  app.get('/pay/assets/pay-page.css', (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(stylesheet),
  );
  app.register(async (scope) => payPageRoutes(scope, context));
  app.register(async (scope) => testControlRoutes(scope, context));
  return app;
}
