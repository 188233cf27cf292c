import type { IncomingMessage } from 'node:http';
import { newId } from '../shared/ids.ts';
import { newMarks, type WorkMarks, withCorrelation } from '../telemetry/context.ts';
import type { App } from './app-type.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What is found out about it on its way; null for one that is refused before there is a route. */
    marks: WorkMarks | null;
  }
}

export const CORRELATION_HEADER = 'x-correlation-id';

/** The caller's correlation id where it is a plain token, a new one otherwise. */
export function correlationIdOf(request: IncomingMessage): string {
  const given = request.headers[CORRELATION_HEADER];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : newId();
}

/** Every response names the correlation id, and everything done for the request carries it. */
export function correlate(app: App): void {
  app.decorateRequest('marks', null);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(CORRELATION_HEADER, request.id);
    request.marks = newMarks();
    withCorrelation(request.id, done, request.marks);
  });
  // Reading a body leaves the asynchronous context of the first hook: enter it again.
  app.addHook('preValidation', (request, _reply, done) =>
    withCorrelation(request.id, done, request.marks ?? newMarks()),
  );
}
