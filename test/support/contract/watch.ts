import { subscribe } from 'node:diagnostics_channel';
import type { App } from '../../../src/http/app-type.ts';
import { createContract, type Exchange } from './contract.ts';
import type { Document } from './document.ts';

/**
 * Has every response of every shop of this process judged, whoever asked for it and however: each server that is made
 * from now on is seen at its beginning. Servers without a document, as the development tools' own, are let be.
 * @param report is given what is wrong.
 */
export function watchResponses(report: (complaint: string) => void): void {
  subscribe('fastify.initialization', (message) =>
    watch((message as { fastify: App }).fastify, report),
  );
}

function watch(app: App, report: (complaint: string) => void): void {
  let judge: ((exchange: Exchange) => string | null) | undefined;
  // The first of its kind: it sees the body before it is compressed.
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!app.hasDecorator('swagger')) return done();
    judge ??= createContract(documentOf(app));
    const complaint = judge({
      method: request.method,
      url: request.url,
      status: reply.statusCode,
      contentType: String(reply.getHeader('content-type') ?? ''),
      body: textOf(payload, reply.statusCode),
    });
    if (complaint) report(complaint);
    done();
  });
}

/** What clients get to read; null for streams and bytes. Fastify sends nothing with a 204, whatever it was given. */
function textOf(payload: unknown, status: number): string | null {
  if (status === 204 || payload === undefined || payload === null) return '';
  return typeof payload === 'string' ? payload : null;
}

/** The document as clients get it, through JSON; made on demand, as it needs all routes. */
function documentOf(app: App): Document {
  return JSON.parse(JSON.stringify(app.swagger()));
}
