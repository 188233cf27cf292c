import { createHash } from 'node:crypto';
import type { Config } from './config.ts';
import type { Db } from './database/database.ts';
import type { Reads } from './database/replicas/reads.ts';
import { enforceAccess, forgetAfterChanges } from './http/access.ts';
import type { App, Request } from './http/app-type.ts';
import { askToSignIn, browserSessions, type ChromeOf } from './http/browser.ts';
import type { AnswerCache } from './http/cache/answer-cache.ts';
import { cachedAnswers } from './http/cache/cached-answers.ts';
import type { LimitByPrincipal } from './http/limits/limit-requests.ts';
import { bearerAuthentication } from './http/principal.ts';
import { createRateLimiter } from './http/rate-limit.ts';
import { showBrowsersTheirWrites, showProgramsTheirWrites } from './http/read-position.ts';
import { enforceStaffFactor, leadToEnrolment, refuseWithoutFactor } from './http/staff-factor.ts';
import { askToConfirm, demandStepUp, enforceStepUp } from './http/step-up.ts';
import { adminPages } from './modules/admin/admin.pages.ts';
import { cartRoutes } from './modules/cart/cart.routes.ts';
import { type CartOwner, countCart, mergeGuestCart } from './modules/cart/cart.service.ts';
import { catalogRoutes } from './modules/catalog/catalog.routes.ts';
import { listCategories } from './modules/catalog/catalog.service.ts';
import { factorPages } from './modules/factors/factors.pages.ts';
import { factorRoutes } from './modules/factors/factors.routes.ts';
import { relyingPartyAt } from './modules/factors/passkey.model.ts';
import { passkeyRoutes } from './modules/factors/passkey.routes.ts';
import { passkeySignIn } from './modules/factors/passkey-form.views.ts';
import { passkeyPages } from './modules/factors/passkeys.pages.ts';
import { flagRoutes } from './modules/flags/flags.routes.ts';
import { ownFlags } from './modules/flags/own-flags.ts';
import type { RunningFlags } from './modules/flags/running-flags.service.ts';
import { recogniseVisitor } from './modules/flags/visitors.service.ts';
import { createTokens } from './modules/identity/access-token.gateway.ts';
import { asksSecondFactor, isConfirmed } from './modules/identity/confirmed.service.ts';
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
import { createOidcProvider } from './modules/oidc/oidc.gateway.ts';
import { CALLBACK_PATH } from './modules/oidc/oidc.model.ts';
import { oidcPages, providerParts } from './modules/oidc/oidc.pages.ts';
import { CLOSED, closableDesk } from './modules/orders/closable-desk.service.ts';
import { createOrderDesk } from './modules/orders/order-desk.service.ts';
import { ordersRoutes } from './modules/orders/orders.routes.ts';
import { OrderSchema } from './modules/orders/orders.schemas.ts';
import { listOrders } from './modules/orders/orders.service.ts';
import { paymentsRoutes, webhookRoutes } from './modules/payments/payments.routes.ts';
import { settleManuallyWithin } from './modules/payments/settle.service.ts';
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
  const joined = { ...deps, ...createParts(deps), limit };
  await app.register(async (api: App) => joinApi(api, joined));
  await app.register(async (open: App) => {
    enforceAccess(open);
    jwksRoutes(open, deps);
    webhookRoutes(open, joined.money);
  });
  await app.register(async (pages: App) => joinPages(pages, joined));
}

type Joined = ModuleDeps & ReturnType<typeof createParts> & { readonly limit: LimitByPrincipal };

/** What several modules share. */
function createParts(deps: ModuleDeps) {
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
    provider:
      config.oidc &&
      createOidcProvider(
        { ...config.oidc, redirectUri: `${publicUrl}${CALLBACK_PATH}` },
        { metrics, logger },
      ),
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

async function joinPages(pages: App, deps: Joined): Promise<void> {
  const { config, db, reads, keyring, money, identity, factors, endpointPolicy } = deps;
  enforceAccess(pages, askToSignIn);
  if (deps.staffFactor) enforceStaffFactor(pages, { ...deps.staffFactor, ask: leadToEnrolment });
  enforceStepUp(pages, { isConfirmed: deps.isConfirmed, ask: askToConfirm(pages) });
  forgetAfterChanges(pages, deps.forget);
  const browser = await browserSessions(pages, {
    keyring,
    secure: config.publicUrl.startsWith('https:'),
    sessionOf: (token) => sessionOf(db, token),
    sessionSeconds: LIFETIME.browser,
    onSignedIn: (request, { userId }) => mergeGuestCart(db, guestOf(request), userId),
    participantOf: (visitorId, userId) => recogniseVisitor(db, visitorId, userId),
  });
  showBrowsersTheirWrites(pages, reads, { secure: config.publicUrl.startsWith('https:') });
  deps.limit(pages, { gaveCredential: (request) => browser.sessionToken(request) !== null });
  const { reader } = deps.flags;
  const chromeOf: ChromeOf = async (request, reply) => ({
    user: request.principal,
    cartCount: await countCart(db, cartOwnerOf(request)),
    csrfToken: browser.csrfToken(request),
    flash: browser.takeFlash(request, reply),
    closed: (await reader.ofShop('take-orders')) ? undefined : CLOSED,
    categories: (await reads.at(request.since, listCategories)).map(({ slug, name }) => ({
      label: name,
      href: `/categories/${slug}`,
    })),
  });
  const page = { browser, chromeOf };
  const ofProvider = providerParts(deps);
  identityPages(pages, {
    ...identity,
    ...page,
    mailbox: deps.developmentPages !== undefined,
    otherWays: (chrome, next) => [passkeySignIn(chrome, next), ofProvider.signIn(next)],
  });
  ownSessionsPages(pages, { ...identity, ...page });
  const factorPage = { ...factors, ...page, otherProof: ofProvider.confirm };
  factorPages(pages, { ...factorPage, staffMfa: config.staffMfa, panel: ofProvider.panel });
  passkeyPages(pages, factorPage);
  oidcPages(pages, { db, logger: deps.logger, provider: deps.provider, ...page });
  privacyPages(pages, { ...identity, ...page });
  invitationPages(pages, { ...identity, ...page });
  storefrontPages(pages, {
    ...{ ...money, ...page, cartOwnerOf },
    flags: reader,
    flagsOf: ownFlags(reader, browser),
  });
  adminPages(pages, {
    ...{ ...money, ...page, endpointPolicy },
    flags: deps.flags.held,
    tracesUrl: config.tracing.uiUrl,
  });
  deps.developmentPages?.(pages, page);
}

/** The cart of whoever asks: the customer's, or the guest's known by their cookie. */
function cartOwnerOf(request: Request): CartOwner {
  return request.principal ? { customerId: request.principal.userId } : guestOf(request);
}

function guestOf(request: Request): { tokenHash: Buffer } {
  return { tokenHash: createHash('sha256').update(request.visitor).digest() };
}
