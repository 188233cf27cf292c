import type { Static } from 'typebox';
import type { Reply, Request } from '../../http/app-type.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import { localPath, moveOn, seeOther } from '../../http/ways.ts';
import { createBrowserSession } from '../identity/session.service.ts';
import type { PasskeyForm } from './passkey.schemas.ts';
import {
  askConfirmation,
  askSecondStep,
  confirmByPasskey,
  passSecondStepByPasskey,
} from './passkey-sign-in.service.ts';
import type { PasskeyPageDeps } from './passkeys.controller.ts';
import { stepPages } from './step-pages.controller.ts';

type Form = Static<typeof PasskeyForm>;
type Next = string | undefined;

/** The second step of a sign-in, and the proof that dangerous acts ask for, by a passkey. */
export function passkeyStepsController(deps: PasskeyPageDeps) {
  const { browser } = deps;
  const pages = stepPages(deps);
  const firstStep = (request: Request) => browser.challenge(request) ?? '';
  return {
    askSecondStep: (request: Request) => askSecondStep(deps, firstStep(request)),

    async secondStep(request: Request, reply: Reply, { _csrf, ...assertion }: Form, next: Next) {
      if (request.principal !== null) return moveOn(reply, request.principal, next);
      return workOrShowAgain(request, reply, {
        messages: {},
        work: async () => {
          const given = { firstStep: firstStep(request), assertion };
          const session = await passSecondStepByPasskey(deps, given, (tx, user, passkeyId) =>
            createBrowserSession(tx, user, request.headers['user-agent'], { passkeyId }),
          );
          return browser.enter(request, reply, session, next);
        },
        again: (errors) => pages.secondStep(request, reply, next, errors),
      });
    },

    askConfirm: (request: Request) => askConfirmation(deps, principalOf(request)),

    async confirm(request: Request, reply: Reply, { _csrf, ...assertion }: Form, next: Next) {
      return workOrShowAgain(request, reply, {
        messages: {},
        work: async () => {
          await confirmByPasskey(deps, principalOf(request), assertion);
          return seeOther(reply, localPath(next, '/account/security'));
        },
        again: (errors) => pages.confirm(request, reply, next, errors),
      });
    },
  };
}
