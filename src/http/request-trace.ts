import type { RequestTrace } from '../telemetry/spans.ts';
import { traceRequest } from '../telemetry/spans.ts';
import type { App } from './app-type.ts';
import { routeOf } from './request-log.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The span in which it is followed; null for probes and scrapes, which tell nothing of a purchase. */
    trace: RequestTrace | null;
  }
}

const PROBES = /^\/(health|metrics)\b/;

/** Follows each request in a span that goes on with its caller's trace. */
export function traceRequests(app: App): void {
  app.decorateRequest('trace', null);
  app.addHook('onRequest', (request, reply, done) => {
    if (PROBES.test(request.url)) {
      done();
      return;
    }
    const trace = traceRequest(request.headers, {
      method: request.method,
      route: routeOf(request),
      path: request.url.split('?', 1)[0] ?? '',
      correlationId: request.id,
    });
    request.trace = trace;
    // 'close' comes once whatever happens, also when the client goes away before the answer.
    reply.raw.once('close', () => trace.end(reply.statusCode));
    trace.run(done);
  });
  // Reading a body, and sending the answer, leave the asynchronous context of the first hook: enter it again.
  app.addHook('preValidation', (request, _reply, done) => within(request.trace, done));
  app.addHook('onResponse', (request, _reply, done) => within(request.trace, done));
}

function within(trace: RequestTrace | null, done: () => void): void {
  if (trace === null) done();
  else trace.run(done);
}
