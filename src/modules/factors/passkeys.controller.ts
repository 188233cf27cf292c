import type { Static } from 'typebox';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { formErrors, refusal, typed, workOrShowAgain } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import { moveOn, seeOther } from '../../http/ways.ts';
import { deviceOf } from '../identity/device.model.ts';
import { createBrowserSession } from '../identity/session.service.ts';
import { factorsOf } from './enrol.service.ts';
import type { FactorPageDeps } from './factors.controller.ts';
import { recoveryCodesPage } from './factors.views.ts';
import type { NewPasskeyForm, PasskeyForm } from './passkey.schemas.ts';
import type { PasskeyDeps } from './passkey-proof.service.ts';
import { askSignIn, signInByPasskey } from './passkey-sign-in.service.ts';
import { addPasskey, askNewPasskey, removePasskey } from './passkeys.service.ts';
import { passkeyRefusedPage, passkeysPage } from './passkeys.views.ts';

export type PasskeyPageDeps = PasskeyDeps & FactorPageDeps;

type Next = string | undefined;
const PASSKEYS = '/account/passkeys';

/** Somebody's own passkeys, and signing in by one. */
export function passkeysController(deps: PasskeyPageDeps) {
  const { db, browser, chromeOf } = deps;
  return {
    async show(request: Request, reply: Reply) {
      return sendPage(reply, await page(request, reply));
    },

    askNew: (request: Request) => askNewPasskey(deps, principalOf(request)),

    async add(
      request: Request,
      reply: Reply,
      { _csrf, ...passkey }: Static<typeof NewPasskeyForm>,
    ) {
      return workOrShowAgain(request, reply, {
        messages: { name: 'Give the passkey a name.' },
        work: async () => {
          const codes = await addPasskey(deps, principalOf(request), passkey);
          if (codes.length > 0)
            return sendPage(reply, recoveryCodesPage(await chromeOf(request, reply), codes));
          browser.flash(reply, { kind: 'success', text: 'The passkey is added.' });
          return seeOther(reply, PASSKEYS);
        },
        again: (errors) => page(request, reply, errors),
      });
    },

    async remove(request: Request, reply: Reply, id: string) {
      await removePasskey(deps, principalOf(request), id);
      browser.flash(reply, { kind: 'success', text: 'The passkey is removed.' });
      return seeOther(reply, PASSKEYS);
    },

    askSignIn: () => askSignIn(deps),

    async signIn(
      request: Request,
      reply: Reply,
      { _csrf, ...assertion }: Static<typeof PasskeyForm>,
      next: Next,
    ) {
      if (request.principal !== null) return moveOn(reply, request.principal, next);
      const refused = async () => passkeyRefusedPage(await chromeOf(request, reply), next);
      if (formErrors(request, {}).length > 0) return sendPage(reply, await refused(), 400);
      try {
        const session = await signInByPasskey(deps, assertion, (tx, user, passkeyId) =>
          createBrowserSession(tx, user, request.headers['user-agent'], { passkeyId }),
        );
        return browser.enter(request, reply, session, next);
      } catch (error) {
        refusal(request, reply, error);
        return sendPage(reply, await refused(), reply.statusCode);
      }
    },
  };

  async function page(request: Request, reply: Reply, errors?: Parameters<typeof passkeysPage>[2]) {
    const { passkeys } = await factorsOf(db, principalOf(request).userId);
    const name = typed(request.body, 'name') || deviceOf(request.headers['user-agent'] ?? null);
    return passkeysPage(await chromeOf(request, reply), { passkeys, name }, errors);
  }
}
