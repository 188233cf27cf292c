import type { Reply, Request } from '../../http/app-type.ts';
import { type PageDeps, sendPage } from '../../http/browser.ts';
import { refusal } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import { localPath, moveOn, seeOther, withNext } from '../../http/ways.ts';
import { notFound } from '../../shared/errors.ts';
import { LIFETIME } from '../identity/identity.model.ts';
import { createBrowserSession } from '../identity/session.service.ts';
import type { OidcProvider } from './oidc.gateway.ts';
import { isFresh, PROVIDER_SECONDS, ProviderAway } from './oidc.model.ts';
import * as views from './oidc.views.ts';
import { linkedSince, unlinkProvider } from './oidc-account.service.ts';
import { confirmByProvider } from './oidc-confirm.service.ts';
import {
  type OidcDeps,
  type Returned,
  receiveFromProvider,
  type Sent,
  sendToProvider,
} from './oidc-flow.service.ts';
import { enterByProvider } from './oidc-sign-in.service.ts';

/** With the provider, where one is configured. */
export type MaybeOidcDeps = Omit<OidcDeps, 'provider'> & { readonly provider: OidcProvider | null };

export interface OidcPageDeps extends MaybeOidcDeps, PageDeps {}

const RETRY_AFTER_SECONDS = 30;

/** Signing in at the provider, and an account's tie to it. */
export function oidcController({ provider, browser, chromeOf, ...rest }: OidcPageDeps) {
  return {
    async begin(request: Request, reply: Reply, next: string | undefined) {
      if (request.principal !== null) return moveOn(reply, request.principal, next);
      // No other site signs anybody in: it takes a click on ours.
      if (request.headers['sec-fetch-site'] === 'cross-site')
        return seeOther(reply, withNext('/sign-in', next));
      return orAway(request, reply, () => send(reply, null, next));
    },

    async beginConfirm(request: Request, reply: Reply, next: string | undefined) {
      return orAway(request, reply, () => send(reply, principalOf(request), next));
    },

    async callback(request: Request, reply: Reply) {
      return orAway(request, reply, () =>
        request.principal === null ? enter(request, reply) : confirm(request, reply),
      );
    },

    async show(request: Request, reply: Reply) {
      const deps = configured();
      const since = await linkedSince(deps, principalOf(request).userId);
      const chrome = await chromeOf(request, reply);
      return sendPage(reply, views.providerPage(chrome, deps.provider.name, since));
    },

    async unlink(request: Request, reply: Reply) {
      await unlinkProvider(configured(), principalOf(request));
      browser.flash(reply, { kind: 'success', text: 'Your account is untied.' });
      return seeOther(reply, '/account/security');
    },
  };

  function configured(): OidcDeps {
    if (provider === null) throw notFound('The page');
    return { ...rest, provider };
  }

  async function send(reply: Reply, sent: Sent, next: string | undefined): Promise<Reply> {
    const { url, state } = await sendToProvider(configured(), sent, next);
    browser.keepChallenge(reply, state, PROVIDER_SECONDS);
    return seeOther(reply, url);
  }

  function receive(request: Request, sent: Sent): Promise<Returned> {
    const deps = configured();
    const query = request.url.split('?', 2)[1] ?? '';
    const url = new URL(`${deps.provider.redirectUri}?${query}`);
    return receiveFromProvider(deps, sent, { state: browser.challenge(request), url });
  }

  async function enter(request: Request, reply: Reply): Promise<Reply> {
    const { identity, next } = await receive(request, null);
    const outcome = await enterByProvider(configured(), identity, (tx, user) =>
      createBrowserSession(tx, user, request.headers['user-agent'], {
        confirmed: isFresh(identity),
      }),
    );
    if ('begun' in outcome) return browser.enter(request, reply, outcome.begun, next);
    browser.keepChallenge(reply, outcome.challenge, LIFETIME.secondStep);
    return seeOther(reply, withNext('/sign-in/second-step', next));
  }

  async function confirm(request: Request, reply: Reply): Promise<Reply> {
    const principal = principalOf(request);
    const { identity, next } = await receive(request, principal);
    await confirmByProvider(configured(), principal, identity);
    return seeOther(reply, localPath(next, '/account/security'));
  }

  /** Whatever is wrong is told on a page that leads back to the other ways to sign in. */
  async function orAway(request: Request, reply: Reply, work: () => Promise<Reply>) {
    try {
      return await work();
    } catch (error) {
      if (provider === null) throw error;
      if (error instanceof ProviderAway) {
        rest.logger.error({ reason: error.message }, 'the provider of sign-ins does not answer');
        reply.header('retry-after', RETRY_AFTER_SECONDS);
        const chrome = await chromeOf(request, reply);
        return sendPage(reply, views.providerAwayPage(chrome, provider.name), 503);
      }
      const [refused] = refusal(request, reply, error);
      const page = views.providerRefusedPage(
        await chromeOf(request, reply),
        refused?.message ?? '',
      );
      return sendPage(reply, page, reply.statusCode);
    }
  }
}
