import { createHash } from 'node:crypto';
import type { Joined } from './app-modules.ts';
import { enforceAccess, forgetAfterChanges } from './http/access.ts';
import type { App, Request } from './http/app-type.ts';
import { browserSessions, type ChromeOf } from './http/browser.ts';
import { visitorReads } from './http/cache/visitor-reads.ts';
import { showBrowsersTheirWrites } from './http/read-position.ts';
import { enforceStaffFactor, leadToEnrolment } from './http/staff-factor.ts';
import { askToConfirm, enforceStepUp } from './http/step-up.ts';
import { askToSignIn } from './http/ways.ts';
import { adminPages } from './modules/admin/admin.pages.ts';
import { type CartOwner, countCart, mergeGuestCart } from './modules/cart/cart.service.ts';
import { factorPages } from './modules/factors/factors.pages.ts';
import { passkeySignIn } from './modules/factors/passkey-form.views.ts';
import { passkeyPages } from './modules/factors/passkeys.pages.ts';
import { ownFlags } from './modules/flags/own-flags.ts';
import { recogniseVisitor } from './modules/flags/visitors.service.ts';
import { LIFETIME } from './modules/identity/identity.model.ts';
import { identityPages } from './modules/identity/identity.pages.ts';
import { ownSessionsPages } from './modules/identity/own-sessions.pages.ts';
import { sessionOf } from './modules/identity/session.service.ts';
import { oidcPages, providerParts } from './modules/oidc/oidc.pages.ts';
import { CLOSED } from './modules/orders/closable-desk.service.ts';
import { privacyPages } from './modules/privacy/privacy.pages.ts';
import { invitationPages } from './modules/staff/invitation.pages.ts';
import { allCategories } from './modules/storefront/browsing.service.ts';
import { storefrontPages } from './modules/storefront/storefront.pages.ts';

/** Joins the pages of every module, whose callers are browsers with a session's cookie. */
export async function joinPages(pages: App, deps: Joined): Promise<void> {
  const { config, db, reads, keyring, money, identity, factors, endpointPolicy } = deps;
  enforceAccess(pages, askToSignIn(pages));
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
  const shared = visitorReads(deps.readings, reads);
  const chromeOf: ChromeOf = async (request, reply) => ({
    user: request.principal,
    cartCount: await countCart(db, cartOwnerOf(request)),
    csrfToken: browser.csrfToken(request),
    flash: browser.takeFlash(request, reply),
    closed: (await reader.ofShop('take-orders')) ? undefined : CLOSED,
    categories: (await shared.of(request, allCategories)).map(({ slug, name }) => ({
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
    ...{ ...money, ...page, shared, cartOwnerOf },
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
