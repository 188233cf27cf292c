import { joinPages } from './app-pages.ts';
import type { Config } from './config.ts';
import type { Db } from './database/database.ts';
import type { Reads } from './database/replicas/reads.ts';
import { enforceAccess, forgetAfterChanges } from './http/access.ts';
import type { App } from './http/app-type.ts';
import type { ChromeOf } from './http/browser.ts';
import type { AnswerCache } from './http/cache/answer-cache.ts';
import { cachedAnswers } from './http/cache/cached-answers.ts';
import type { Memory } from './http/cache/memory.ts';
import type { KeptReading } from './http/cache/visitor-reads.ts';
import type { LimitByPrincipal } from './http/limits/limit-requests.ts';
import { bearerAuthentication } from './http/principal.ts';
import { createRateLimiter } from './http/rate-limit.ts';
import { showProgramsTheirWrites } from './http/read-position.ts';
import { enforceStaffFactor, refuseWithoutFactor } from './http/staff-factor.ts';
import { demandStepUp, enforceStepUp } from './http/step-up.ts';
import { cartRoutes } from './modules/cart/cart.routes.ts';
import { catalogRoutes } from './modules/catalog/catalog.routes.ts';
import { factorRoutes } from './modules/factors/factors.routes.ts';
import { relyingPartyAt } from './modules/factors/passkey.model.ts';
import { passkeyRoutes } from './modules/factors/passkey.routes.ts';
import { flagRoutes } from './modules/flags/flags.routes.ts';
import type { RunningFlags } from './modules/flags/running-flags.service.ts';
import { createTokens } from './modules/identity/access-token.gateway.ts';
import { asksSecondFactor, isConfirmed } from './modules/identity/confirmed.service.ts';
import { identityRoutes } from './modules/identity/identity.routes.ts';
import { jwksRoutes } from './modules/identity/jwks.routes.ts';
import { ownSessionsRoutes } from './modules/identity/own-sessions.routes.ts';
import { createStandings } from './modules/identity/standing.service.ts';
import { inventoryRoutes } from './modules/inventory/inventory-admin.routes.ts';
import { ledgerRoutes } from './modules/ledger/ledger.routes.ts';
import type { OidcProvider } from './modules/oidc/oidc.gateway.ts';
import { CALLBACK_PATH } from './modules/oidc/oidc.model.ts';
import { closableDesk } from './modules/orders/closable-desk.service.ts';
import { createOrderDesk } from './modules/orders/order-desk.service.ts';
import { ordersRoutes } from './modules/orders/orders.routes.ts';
import { OrderSchema } from './modules/orders/orders.schemas.ts';
import { listOrders } from './modules/orders/orders.service.ts';
import { paymentsRoutes, webhookRoutes } from './modules/payments/payments.routes.ts';
import { settleManuallyWithin } from './modules/payments/settle.service.ts';
import type { StripeGateway } from './modules/payments/stripe.gateway.ts';
import { isApiKey } from './modules/staff/api-key.model.ts';
import { apiKeyRoutes } from './modules/staff/api-keys.routes.ts';
import { createKeyStandings } from './modules/staff/key-standing.service.ts';
import { roleRoutes } from './modules/staff/roles.routes.ts';
import { staffRoutes } from './modules/staff/staff.routes.ts';
import { storyRoutes } from './modules/story/story.routes.ts';
import { tasksRoutes } from './modules/tasks/tasks.routes.ts';
import { trailRoutes } from './modules/trail/trail.routes.ts';
import { webhookEndpointRoutes } from './modules/webhooks/webhooks.routes.ts';
import type { Keyring } from './secrets/keyring.ts';
import { createSealer } from './secrets/sealer.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** What the modules are joined with. */
export interface ModuleDeps {
  readonly config: Config;
  readonly db: Db;
  /** Where reads go that a replica may answer. */
  readonly reads: Reads;
  readonly stripe: StripeGateway;
  /** Signs access tokens and binds forms to browsers. */
  readonly keyring: Keyring;
  /** What visitors are answered from memory. */
  readonly cache: AnswerCache;
  /** What pages show every visitor alike. */
  readonly readings: Memory<KeptReading>;
  readonly flags: Pick<RunningFlags, 'reader' | 'held'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Pages that only development has: the mailbox. */
  readonly developmentPages?: ((app: App, page: { chromeOf: ChromeOf }) => void) | undefined;
}

/** Joins every module to the server, in one scope for each way in which its callers say who they are. */
export async function joinModules(
  app: App,
  deps: ModuleDeps,
  limit: LimitByPrincipal,
): Promise<void> {
  const joined = { ...deps, ...(await createParts(deps)), limit };
  await app.register(async (api: App) => joinApi(api, joined));
  await app.register(async (open: App) => {
    enforceAccess(open);
    jwksRoutes(open, deps);
    webhookRoutes(open, joined.money);
  });
  await app.register(async (pages: App) => joinPages(pages, joined));
}

/** What the modules are joined with, and what several of them share. */
export type Joined = ModuleDeps &
  Awaited<ReturnType<typeof createParts>> & { readonly limit: LimitByPrincipal };

/** What several modules share. */
async function createParts(deps: ModuleDeps) {
  const { config, db, reads, logger, metrics, stripe, keyring, flags } = deps;
  const { publicUrl } = config;
  const limiter = createRateLimiter(db, { enabled: config.rateLimit });
  const tokens = createTokens({
    keyring,
    issuer: publicUrl,
    ttlSeconds: config.accessTokenTtlSeconds,
  });
  const orderDesk = closableDesk(
    createOrderDesk(db, { reservationSeconds: config.reservationTtlSeconds, metrics }),
    () => flags.reader.ofShop('take-orders'),
    flags.held.now,
  );
  const standings = createStandings(db);
  const keys = createKeyStandings(db);
  return {
    tokens,
    money: { db, reads, stripe, publicUrl, orderDesk, logger, metrics },
    identity: { db, logger, limiter },
    factors: {
      ...{ db, logger, limiter },
      sealer: createSealer(config.sealingKeys),
      relyingParty: relyingPartyAt(publicUrl),
    },
    provider: await openProvider(deps),
    endpointPolicy: { insecure: config.environment !== 'production' },
    isConfirmed: (sessionId: string) => isConfirmed(db, sessionId),
    /** null: second factors are everybody's choice. */
    staffFactor:
      config.staffMfa === 'required'
        ? { hasFactor: (userId: string) => asksSecondFactor(db, userId) }
        : null,
    /** Who sends an access token, or an API key. */
    holderOf: async (token: string) =>
      isApiKey(token) ? keys.of(token) : standings.of(await tokens.verify(token)),
    forget: () => {
      standings.forget();
      keys.forget();
    },
  };
}

/** The provider by which staff sign in; without one its client is not loaded. */
async function openProvider({ config, metrics, logger }: ModuleDeps): Promise<OidcProvider | null> {
  if (config.oidc === null) return null;
  const { createOidcProvider } = await import('./modules/oidc/oidc.gateway.ts');
  const redirectUri = `${config.publicUrl}${CALLBACK_PATH}`;
  return createOidcProvider({ ...config.oidc, redirectUri }, { metrics, logger });
}

/** Joins the API of every module, whose callers are programs with a token or a key. */
async function joinApi(api: App, deps: Joined): Promise<void> {
  const { db, reads, metrics, tokens, money, identity, factors, endpointPolicy } = deps;
  enforceAccess(api);
  if (deps.staffFactor) enforceStaffFactor(api, { ...deps.staffFactor, ask: refuseWithoutFactor });
  enforceStepUp(api, { isConfirmed: deps.isConfirmed, ask: demandStepUp });
  forgetAfterChanges(api, deps.forget);
  bearerAuthentication(api, deps.holderOf);
  showProgramsTheirWrites(api, reads);
  deps.limit(api, { gaveCredential: ({ headers }) => headers.authorization !== undefined });
  identityRoutes(api, {
    ...identity,
    tokens,
    orderSchema: OrderSchema,
    recentOrders: async (userId) => (await listOrders(db, userId, {}, { limit: 5 })).data,
  });
  ownSessionsRoutes(api, identity);
  factorRoutes(api, { ...factors, tokens });
  passkeyRoutes(api, { ...factors, tokens });
  apiKeyRoutes(api, { db });
  roleRoutes(api, { db });
  staffRoutes(api, { db });
  catalogRoutes(api, {
    ...{ db, reads },
    answers: cachedAnswers(deps.cache),
    forgives: () => deps.flags.reader.ofShop('forgiving-search'),
  });
  inventoryRoutes(api, { db });
  cartRoutes(api, { db, metrics });
  ordersRoutes(api, {
    ...{ db, reads },
    orderDesk: money.orderDesk,
    settleManually: (tx, id, actorId) => settleManuallyWithin(tx, metrics, id, actorId),
  });
  paymentsRoutes(api, money);
  ledgerRoutes(api, { reads });
  webhookEndpointRoutes(api, { db, endpointPolicy });
  tasksRoutes(api, { db });
  storyRoutes(api, { db, metrics });
  trailRoutes(api, { db });
  flagRoutes(api, { db, held: deps.flags.held });
}
