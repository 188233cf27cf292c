import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { App } from '../../../src/http/app-type.ts';
import { type Contract, createContract } from './contract.ts';

/**
 * Has every response of every shop of this process judged, whoever asked for it and however: each server that is made
 * from now on is seen at its beginning. Servers without a document, as the development tools' own, are let be.
 * @param report is given what is wrong.
 * @returns has servers that are made later let be.
 */
export function watchResponses(report: (complaint: string) => void): () => void {
  const onServer = (message: unknown) => watch((message as { fastify: App }).fastify, report);
  subscribe('fastify.initialization', onServer);
  return () => {
    unsubscribe('fastify.initialization', onServer);
  };
}

function watch(app: App, report: (complaint: string) => void): void {
  let judge: Contract | undefined;
  // The first of its kind: it sees the body before it is compressed.
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!app.hasDecorator('swagger')) return done();
    judge ??= contractOf(app);
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

const contracts = new Map<string, Contract>();

/** By the document as clients get it, through JSON; made on demand, as it needs all routes, once for alike shops. */
function contractOf(app: App): Contract {
  const document = JSON.stringify({ ...app.swagger(), servers: [] });
  const contract = contracts.get(document) ?? createContract(JSON.parse(document));
  contracts.set(document, contract);
  return contract;
}
