import type { ServerOptions } from 'node:http';
import type { RouteOptions } from 'fastify';
import { ShopError } from '../shared/errors.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { App } from './app-type.ts';
import { answerBrokenRequests } from './broken-requests.ts';

/** What one connection or request may take of the server before anything looks at what it asks. */
export const SERVER_LIMITS = {
  connections: 5000,
  headerBytes: 16 * 1024,
  headers: 100,
  addressLength: 8 * 1024,
  /** How long the headers of a request may take to come. */
  headersMs: 10_000,
  /** How long the whole of a request may take to come. */
  requestMs: 30_000,
  /** How often connections are looked at for both. */
  checkEveryMs: 2000,
  bodyBytes: 1024 * 1024,
  /** Of sign-in and its kin, which anybody may send. */
  credentialsBytes: 16 * 1024,
} as const;

export type ServerLimits = { readonly [Name in keyof typeof SERVER_LIMITS]: number };

type Refused = Pick<Metrics, 'connectionsRefused'>;

/** How long a connection without a request is kept, in milliseconds: longer than load balancers keep theirs. */
const KEEP_ALIVE_MS = 72_000;

/** The limits of the HTTP server itself. */
export function httpOptions(limits: ServerLimits): ServerOptions {
  return {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A request without a body needs no stream for one.
    optimizeEmptyRequests: true,
  };
}

/** The limits that Fastify keeps. */
export function frameworkOptions(limits: ServerLimits, metrics: Refused) {
  return { bodyLimit: limits.bodyBytes, clientErrorHandler: answerBrokenRequests(metrics) };
}

/** The limits that a request meets once its headers are read, and that on connections. */
export function limitServer(app: App, limits: ServerLimits, metrics: Refused): void {
  app.server.maxConnections = limits.connections;
  app.server.on('drop', () => metrics.connectionsRefused.inc({ reason: 'too_many' }));
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.url.startsWith('/api/auth/')) route.bodyLimit ??= limits.credentialsBytes;
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { rawHeaders, headers, url = '' } = request.raw;
    if (url.length > limits.addressLength)
      return done(new ShopError('address_too_long', 'The address is too long.'));
    if (rawHeaders.length > 2 * limits.headers)
      return done(
        new ShopError('headers_too_large', `At most ${limits.headers} headers are taken.`),
      );
    // A few kilobytes of it can unfold to gigabytes, and no client of a shop needs it.
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity')
      return done(new ShopError('unsupported_media_type', 'Send the body as it is, uncompressed.'));
    // Without a body there is no stream either: whoever read it by its type would wait for its end for ever.
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined)
      delete headers['content-type'];
    done();
  });
}
