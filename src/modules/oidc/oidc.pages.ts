import type { App } from '../../http/app-type.ts';
import type { HtmlValue } from '../../http/html.ts';
import { NextQuery } from '../identity/identity.schemas.ts';
import { type MaybeOidcDeps, type OidcPageDeps, oidcController } from './oidc.controller.ts';
import { CALLBACK_PATH } from './oidc.model.ts';
import { CallbackQuery } from './oidc.schemas.ts';
import { providerConfirm, providerPanel, providerSignIn } from './oidc.views.ts';
import { linkedSince } from './oidc-account.service.ts';
import { canConfirm } from './oidc-confirm.service.ts';

/** The pages of signing in at a provider; without one they are not found. */
export function oidcPages(app: App, deps: OidcPageDeps): void {
  const controller = oidcController(deps);
  app.get(
    '/sign-in/provider',
    { config: { access: 'anyone' }, schema: { querystring: NextQuery } },
    (request, reply) => controller.begin(request, reply, request.query.next),
  );
  app.get(
    CALLBACK_PATH,
    { config: { access: 'anyone' }, schema: { querystring: CallbackQuery } },
    controller.callback,
  );
  app.get(
    '/confirm/provider',
    { config: { access: 'signed-in', enrols: true }, schema: { querystring: NextQuery } },
    (request, reply) => controller.beginConfirm(request, reply, request.query.next),
  );
  app.get('/account/provider', { config: { access: 'signed-in' } }, controller.show);
  app.post(
    '/account/provider/remove',
    { config: { access: 'signed-in', stepUp: true, changesStanding: true } },
    controller.unlink,
  );
}

/** What the pages of signing in, and about it, show of the provider. */
export function providerParts({ db, logger, provider }: MaybeOidcDeps) {
  return {
    signIn: (next: string | undefined): HtmlValue =>
      provider && providerSignIn(provider.name, next),
    confirm: async (userId: string, next: string | undefined): Promise<HtmlValue> => {
      const can = provider && (await canConfirm({ db, logger, provider }, userId));
      return provider && can && providerConfirm(provider.name, next);
    },
    panel: async (userId: string): Promise<HtmlValue> => {
      const since = provider && (await linkedSince({ db, logger, provider }, userId));
      return provider && since && providerPanel(provider.name, since);
    },
  };
}
