import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import compress from '@fastify/compress';
import multipart from '@fastify/multipart';
import staticFiles from '@fastify/static';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import type { Config } from './config.ts';
import { type Db, ping } from './database/database.ts';
import { asyncApiDocument } from './events/asyncapi.ts';
import { enforceAccess, forgetAfterChanges } from './http/access.ts';
import { noteRequests } from './http/activity.ts';
import type { App, Request } from './http/app-type.ts';
import { askToSignIn, browserSessions, type ChromeOf } from './http/browser.ts';
import { tellBrowsers } from './http/browser-headers.ts';
import { correlate, correlationIdOf } from './http/correlation.ts';
import { answerErrors, refuseAddress } from './http/errors.ts';
import { healthRoutes, metricsRoute } from './http/health.routes.ts';
import { errorPage } from './http/layout.views.ts';
import { type LimitByPrincipal, limitRequests } from './http/limits/limit-requests.ts';
import { createRequestLimits } from './http/limits/request-limits.ts';
import { classifyRoutes } from './http/limits/route-classes.ts';
import { shedLoad } from './http/limits/shedding.ts';
import { documentApi, documentEvents } from './http/openapi.ts';
import { bearerAuthentication } from './http/principal.ts';
import { createRateLimiter } from './http/rate-limit.ts';
import { logRequests } from './http/request-log.ts';
import { traceRequests } from './http/request-trace.ts';
import { limitServer, SERVER_LIMITS, serverOptions } from './http/server-limits.ts';
import { askToConfirm, demandStepUp, enforceStepUp } from './http/step-up.ts';
import { noteActs } from './http/trail.ts';
import { validateStrictly } from './http/validation.ts';
import { adminPages } from './modules/admin/admin.pages.ts';
import { cartRoutes } from './modules/cart/cart.routes.ts';
import { type CartOwner, countCart, mergeGuestCart } from './modules/cart/cart.service.ts';
import { catalogRoutes } from './modules/catalog/catalog.routes.ts';
import { listCategories } from './modules/catalog/catalog.service.ts';
import { MAX_IMPORT_BYTES } from './modules/catalog/transfer.controller.ts';
import { factorPages } from './modules/factors/factors.pages.ts';
import { factorRoutes } from './modules/factors/factors.routes.ts';
import { createTokens } from './modules/identity/access-token.gateway.ts';
import { isConfirmed } from './modules/identity/confirmed.service.ts';
import { LIFETIME } from './modules/identity/identity.model.ts';
import { identityPages } from './modules/identity/identity.pages.ts';
import { identityRoutes } from './modules/identity/identity.routes.ts';
import { jwksRoutes } from './modules/identity/jwks.routes.ts';
import { ownSessionsPages } from './modules/identity/own-sessions.pages.ts';
import { ownSessionsRoutes } from './modules/identity/own-sessions.routes.ts';
import { sessionOf } from './modules/identity/session.service.ts';
import { createStandings } from './modules/identity/standing.service.ts';
import { inventoryRoutes } from './modules/inventory/inventory-admin.routes.ts';
import { ledgerRoutes } from './modules/ledger/ledger.routes.ts';
import { createOrderDesk } from './modules/orders/order-desk.service.ts';
import { ordersRoutes } from './modules/orders/orders.routes.ts';
import { OrderSchema } from './modules/orders/orders.schemas.ts';
import { listOrders } from './modules/orders/orders.service.ts';
import { paymentsRoutes, webhookRoutes } from './modules/payments/payments.routes.ts';
import { settleManually } from './modules/payments/settle.service.ts';
import type { StripeGateway } from './modules/payments/stripe.gateway.ts';
import { privacyPages } from './modules/privacy/privacy.pages.ts';
import { isApiKey } from './modules/staff/api-key.model.ts';
import { apiKeyRoutes } from './modules/staff/api-keys.routes.ts';
import { invitationPages } from './modules/staff/invitation.pages.ts';
import { createKeyStandings } from './modules/staff/key-standing.service.ts';
import { roleRoutes } from './modules/staff/roles.routes.ts';
import { staffRoutes } from './modules/staff/staff.routes.ts';
import { storefrontPages } from './modules/storefront/storefront.pages.ts';
import { storyRoutes } from './modules/story/story.routes.ts';
import { tasksRoutes } from './modules/tasks/tasks.routes.ts';
import { trailRoutes } from './modules/trail/trail.routes.ts';
import { webhookEndpointRoutes } from './modules/webhooks/webhooks.routes.ts';
import type { Keyring } from './secrets/keyring.ts';
import { createSealer } from './secrets/sealer.ts';
import type { ActivityLog } from './telemetry/activity.ts';
import type { Exposition } from './telemetry/exposition.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { LooseActs } from './trail/loose-acts.ts';

/** What the process brings; everything else is built and joined here. */
export interface AppDeps {
  /** The whole shop, or what looks into a process alone: health and metrics. */
  readonly serves: 'shop' | 'probes';
  /** What answers /metrics here; null: another listener does. */
  readonly exposeMetrics: ((accept: string) => Promise<Exposition>) | null;
  readonly config: Config;
  readonly db: Db;
  readonly stripe: StripeGateway;
  /** Signs access tokens and binds forms to browsers. */
  readonly keyring: Keyring;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly activity: ActivityLog;
  readonly acts: LooseActs;
  readonly isDraining: () => boolean;
  /** How long the first in a long line has waited for a connection to the database, in milliseconds. */
  readonly poolWaitMs: () => number;
  /** Pages that only development has: the mailbox. */
  readonly developmentPages?: ((app: App, page: { chromeOf: ChromeOf }) => void) | undefined;
}

const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/** The composition root: the HTTP server with every part joined by hand. It listens when told to. */
export async function buildApp(deps: AppDeps): Promise<App> {
  const { config, db, logger, metrics } = deps;
  const app: App = fastify({
    logger: false,
    genReqId: correlationIdOf,
    frameworkErrors: refuseAddress,
    ...serverOptions(SERVER_LIMITS, metrics),
    // In production a reverse proxy of the private network stands in front and says who asks.
    trustProxy:
      config.environment === 'production' ? ['loopback', 'linklocal', 'uniquelocal'] : false,
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.decorateRequest('principal', null);
  app.decorateRequest('visitor', '');
  traceRequests(app);
  correlate(app);
  logRequests(app, { logger, metrics });
  noteRequests(app, deps.activity);
  noteActs(app, deps.acts);
  validateStrictly(app);
  answerErrors(app, {
    logger,
    errorPage: (_request, problem) => errorPage(problem).toString(),
  });
  limitServer(app, SERVER_LIMITS, metrics);
  const limit = deps.serves === 'shop' ? await serveShoppers(app, deps) : null;
  healthRoutes(app, { pingDatabase: () => ping(db), isDraining: deps.isDraining });
  if (deps.exposeMetrics)
    metricsRoute(app, { expose: deps.exposeMetrics, token: config.metrics.token });
  if (limit) await joinModules(app, deps, limit);
  return app;
}

/**
 * What pages and API share: headers, rate limits, compression, uploads, the public folder, the documentation. Returns
 * how scopes with an authentication of their own are limited.
 */
async function serveShoppers(app: App, deps: AppDeps): Promise<LimitByPrincipal> {
  const { config } = deps;
  await tellBrowsers(app, {
    overTls: config.publicUrl.startsWith('https:'),
    production: config.environment === 'production',
    paymentBase: config.stripe.apiBase,
  });
  classifyRoutes(app);
  shedLoad(app, deps);
  const limit = limitTraffic(app, deps);
  await app.register(compress, { threshold: 1024, globalDecompression: false });
  // One byte more than is taken, so that a larger file is seen to be larger rather than cut.
  await app.register(multipart, {
    limits: {
      ...{ files: 1, fileSize: MAX_IMPORT_BYTES + 1 },
      ...{ parts: 10, fields: 9, fieldSize: 64 * 1024, fieldNameSize: 100, headerPairs: 20 },
    },
  });
  await app.register(staticFiles, { root: PUBLIC_FOLDER, maxAge: '1h', decorateReply: false });
  await documentApi(app, config);
  documentEvents(app, asyncApiDocument(config.publicUrl));
  return limit;
}

function limitTraffic(app: App, { config, logger, metrics }: AppDeps): LimitByPrincipal {
  if (!config.rateLimit) return () => undefined;
  const limits = createRequestLimits({ redisUrl: config.redisUrl, logger, metrics });
  return limitRequests(app, { limits, metrics, percent: config.rateLimitPercent });
}

async function joinModules(app: App, deps: AppDeps, limit: LimitByPrincipal): Promise<void> {
  const { config, db, logger, metrics, stripe, keyring } = deps;
  const { publicUrl } = config;
  const limiter = createRateLimiter(db, { enabled: config.rateLimit });
  const tokens = createTokens({
    keyring,
    issuer: publicUrl,
    ttlSeconds: config.accessTokenTtlSeconds,
  });
  const orderDesk = createOrderDesk(db, {
    reservationSeconds: config.reservationTtlSeconds,
    metrics,
  });
  const money = { db, stripe, publicUrl, orderDesk, logger, metrics };
  const identity = { db, logger, limiter };
  const sealer = createSealer(config.sealingKeys);
  const confirmed = (sessionId: string) => isConfirmed(db, sessionId);
  const standings = createStandings(db);
  const keys = createKeyStandings(db);
  const forget = () => {
    standings.forget();
    keys.forget();
  };
  const endpointPolicy = { insecure: config.environment !== 'production' };

  await app.register(async (api: App) => {
    enforceAccess(api);
    enforceStepUp(api, { isConfirmed: confirmed, ask: demandStepUp });
    forgetAfterChanges(api, forget);
    bearerAuthentication(api, async (token) =>
      isApiKey(token) ? keys.of(token) : standings.of(await tokens.verify(token)),
    );
    limit(api, { gaveCredential: ({ headers }) => headers.authorization !== undefined });
    identityRoutes(api, {
      ...identity,
      tokens,
      orderSchema: OrderSchema,
      recentOrders: async (userId) => (await listOrders(db, userId, {}, { limit: 5 })).data,
    });
    ownSessionsRoutes(api, identity);
    factorRoutes(api, { ...identity, sealer, tokens });
    apiKeyRoutes(api, { db });
    roleRoutes(api, { db });
    staffRoutes(api, { db });
    catalogRoutes(api, { db });
    inventoryRoutes(api, { db });
    cartRoutes(api, { db, metrics });
    ordersRoutes(api, {
      db,
      orderDesk,
      settleManually: (id, actorId) => settleManually(money, id, actorId),
    });
    paymentsRoutes(api, money);
    ledgerRoutes(api, { db });
    webhookEndpointRoutes(api, { db, endpointPolicy });
    tasksRoutes(api, { db });
    storyRoutes(api, { db, metrics });
    trailRoutes(api, { db });
  });
  await app.register(async (open: App) => {
    enforceAccess(open);
    jwksRoutes(open, { keyring });
    webhookRoutes(open, money);
  });

  await app.register(async (pages: App) => {
    enforceAccess(pages, askToSignIn);
    enforceStepUp(pages, { isConfirmed: confirmed, ask: askToConfirm(pages) });
    forgetAfterChanges(pages, forget);
    const browser = await browserSessions(pages, {
      keyring,
      secure: publicUrl.startsWith('https:'),
      sessionOf: (token) => sessionOf(db, token),
      sessionSeconds: LIFETIME.browser,
      onSignedIn: (request, { userId }) => mergeGuestCart(db, guestOf(request), userId),
    });
    limit(pages, { gaveCredential: (request) => browser.sessionToken(request) !== null });
    const chromeOf: ChromeOf = async (request, reply) => ({
      user: request.principal,
      cartCount: await countCart(db, cartOwnerOf(request)),
      csrfToken: browser.csrfToken(request),
      flash: browser.takeFlash(request, reply),
      categories: (await listCategories(db)).map(({ slug, name }) => ({
        label: name,
        href: `/categories/${slug}`,
      })),
    });
    const page = { browser, chromeOf };
    identityPages(pages, {
      ...identity,
      ...page,
      mailbox: deps.developmentPages !== undefined,
    });
    ownSessionsPages(pages, { ...identity, ...page });
    factorPages(pages, { ...identity, ...page, sealer });
    privacyPages(pages, { ...identity, ...page });
    invitationPages(pages, { ...identity, ...page });
    storefrontPages(pages, { ...money, ...page, cartOwnerOf });
    const tracesUrl = config.tracing.uiUrl;
    adminPages(pages, { ...money, ...page, endpointPolicy, tracesUrl });
    deps.developmentPages?.(pages, page);
  });
}

/** The cart of whoever asks: the customer's, or the guest's known by their cookie. */
function cartOwnerOf(request: Request): CartOwner {
  return request.principal ? { customerId: request.principal.userId } : guestOf(request);
}

function guestOf(request: Request): { tokenHash: Buffer } {
  return { tokenHash: createHash('sha256').update(request.visitor).digest() };
}
