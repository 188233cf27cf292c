import type { Static } from 'typebox';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import { localPath, moveOn, seeOther } from '../../http/ways.ts';
import { createBrowserSession } from '../identity/session.service.ts';
import { confirmIdentity } from './confirm.service.ts';
import type { FactorPageDeps } from './factors.controller.ts';
import type { ConfirmForm } from './factors.schemas.ts';
import { passSecondStep } from './second-step.service.ts';
import { stepPages } from './step-pages.controller.ts';

type Next = string | undefined;

/** The second step of a sign-in, and the proof that dangerous acts ask for, by what people type. */
export function stepsController(deps: FactorPageDeps) {
  const { browser } = deps;
  const pages = stepPages(deps);
  return {
    async showSecondStep(request: Request, reply: Reply, next: Next) {
      if (request.principal !== null) return moveOn(reply, request.principal, next);
      const page = await pages.secondStep(request, reply, next);
      return sendPage(reply, page, reply.statusCode);
    },

    async secondStep(request: Request, reply: Reply, code: string, next: Next) {
      if (request.principal !== null) return moveOn(reply, request.principal, next);
      return workOrShowAgain(request, reply, {
        messages: { code: 'Type the code of your app, or a recovery code.' },
        work: async () => {
          const challenge = browser.challenge(request) ?? '';
          const given = { challenge, code, address: request.ip };
          const session = await passSecondStep(deps, given, (tx, user) =>
            createBrowserSession(tx, user, request.headers['user-agent']),
          );
          return browser.enter(request, reply, session, next);
        },
        again: (errors) => pages.secondStep(request, reply, next, errors),
      });
    },

    async showConfirm(request: Request, reply: Reply, next: Next) {
      return sendPage(reply, await pages.confirm(request, reply, next));
    },

    async confirm(request: Request, reply: Reply, form: Static<typeof ConfirmForm>, next: Next) {
      return workOrShowAgain(request, reply, {
        messages: {
          password: 'Type your password.',
          code: 'Type the code of your app, or a recovery code.',
        },
        work: async () => {
          const { password, code } = form;
          await confirmIdentity(deps, principalOf(request), {
            password,
            code,
            address: request.ip,
          });
          return seeOther(reply, localPath(next, '/account/security'));
        },
        again: (errors) => pages.confirm(request, reply, next, errors),
      });
    },
  };
}
