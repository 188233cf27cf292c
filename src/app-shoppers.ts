import { fileURLToPath } from 'node:url';
import compress from '@fastify/compress';
import multipart from '@fastify/multipart';
import staticFiles from '@fastify/static';
import type { AppDeps } from './app.ts';
import { asyncApiDocument } from './events/asyncapi.ts';
import type { App } from './http/app-type.ts';
import { tellBrowsers } from './http/browser-headers.ts';
import { type Limiting, limitRequests, NO_LIMITS } from './http/limits/limit-requests.ts';
import { createRequestLimits } from './http/limits/request-limits.ts';
import { classifyRoutes } from './http/limits/route-classes.ts';
import { shedLoad } from './http/limits/shedding.ts';
import { documentApi, documentEvents } from './http/openapi.ts';
import { MAX_UPLOAD_BYTES } from './http/uploads.ts';

const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/**
 * What pages and API share: headers, rate limits, compression, uploads, the public folder, the documentation. Returns
 * how visitors and scopes with an authentication of their own are limited.
 */
export async function serveShoppers(app: App, deps: AppDeps): Promise<Limiting> {
  const { config } = deps;
  tellBrowsers(app, {
    overTls: config.publicUrl.startsWith('https:'),
    production: config.environment === 'production',
    paymentBase: config.stripe.apiBase,
  });
  classifyRoutes(app);
  if (config.loadShedding) shedLoad(app, deps);
  const limiting = limitTraffic(app, deps);
  await app.register(compress, {
    threshold: 1024,
    encodings: ['br', 'gzip'],
    globalDecompression: false,
  });
  // One byte more than is taken, so that a larger file is seen to be larger rather than cut.
  await app.register(multipart, {
    limits: {
      ...{ files: 1, fileSize: MAX_UPLOAD_BYTES + 1 },
      ...{ parts: 10, fields: 9, fieldSize: 64 * 1024, fieldNameSize: 100, headerPairs: 20 },
    },
  });
  // Whoever changes a style sheet sees it at the next look.
  const maxAge = config.environment === 'development' ? 0 : '1h';
  await app.register(staticFiles, {
    root: PUBLIC_FOLDER,
    maxAge,
    // They are small. One beyond the end was refused in a form that says nothing of ranges.
    acceptRanges: false,
    decorateReply: false,
  });
  await documentApi(app, config);
  documentEvents(app, asyncApiDocument(config.publicUrl));
  return limiting;
}

function limitTraffic(app: App, { config, redis, metrics }: AppDeps): Limiting {
  if (!config.rateLimit) return NO_LIMITS;
  const limits = createRequestLimits(redis);
  return limitRequests(app, { limits, metrics, percent: config.rateLimitPercent });
}
