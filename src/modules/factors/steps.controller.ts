import type { Static } from 'typebox';
import type { Reply, Request } from '../../http/app-type.ts';
import { localPath, moveOn, seeOther, sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import { asksSecondFactor } from '../identity/confirmed.service.ts';
import { createBrowserSession } from '../identity/session.service.ts';
import { confirmIdentity } from './confirm.service.ts';
import type { FactorPageDeps } from './factors.controller.ts';
import type { ConfirmForm } from './factors.schemas.ts';
import { passSecondStep } from './second-step.service.ts';
import { beginAgainPage, confirmPage, secondStepPage } from './steps.views.ts';

type Next = string | undefined;

/** The second step of a sign-in, and the proof that dangerous acts ask for. */
export function stepsController(deps: FactorPageDeps) {
  const { db, browser, chromeOf } = deps;
  return {
    async showSecondStep(request: Request, reply: Reply, next: Next) {
      if (request.principal !== null) return moveOn(reply, request.principal, next);
      if (browser.challenge(request) === null) return askToBegin(request, reply, next);
      return sendPage(reply, secondStepPage(await chromeOf(request, reply), next));
    },

    async secondStep(request: Request, reply: Reply, code: string, next: Next) {
      if (request.principal !== null) return moveOn(reply, request.principal, next);
      const challenge = browser.challenge(request);
      if (challenge === null) return askToBegin(request, reply, next);
      return workOrShowAgain(request, reply, {
        messages: { code: 'Type the code of your app, or a recovery code.' },
        work: async () => {
          const given = { challenge, code, address: request.ip };
          const session = await passSecondStep(deps, given, (tx, user) =>
            createBrowserSession(tx, user, request.headers['user-agent']),
          );
          return browser.enter(request, reply, session, next);
        },
        again: async (errors) => secondStepPage(await chromeOf(request, reply), next, errors),
      });
    },

    async showConfirm(request: Request, reply: Reply, next: Next) {
      return sendPage(reply, await proofPage(request, reply, next));
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
        again: (errors) => proofPage(request, reply, next, errors),
      });
    },
  };

  /** Nothing was begun in this browser, or too long ago. */
  async function askToBegin(request: Request, reply: Reply, next: Next) {
    return sendPage(reply, beginAgainPage(await chromeOf(request, reply), next), 400);
  }

  async function proofPage(
    request: Request,
    reply: Reply,
    next: Next,
    errors?: Parameters<typeof confirmPage>[2],
  ) {
    const asksCode = await asksSecondFactor(db, principalOf(request).userId);
    return confirmPage(await chromeOf(request, reply), { next, asksCode }, errors);
  }
}
