import type { Reply, Request } from '../../http/app-type.ts';
import { type PageDeps, sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import type { HtmlValue } from '../../http/html.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import {
  beginTotp,
  confirmTotpBy,
  factorsOf,
  pendingTotp,
  removeTotp,
  renewRecoveryCodes,
} from './enrol.service.ts';
import * as views from './factors.views.ts';
import type { FactorDeps } from './second-factor.service.ts';
import { securityPage } from './security.views.ts';

export interface FactorPageDeps extends FactorDeps, PageDeps {
  /** What else proves who somebody signed in is. */
  readonly otherProof: (userId: string, next: string | undefined) => Promise<HtmlValue>;
}

export interface SecurityPageDeps extends FactorPageDeps {
  /** Whether second factors are the duty of staff. */
  readonly staffMfa: 'optional' | 'required';
  /** What else signs an account in. */
  readonly panel: (userId: string) => Promise<HtmlValue>;
}

const TWO_STEP = '/account/two-step';

/** What people set up beside their password. */
export function factorsController(deps: SecurityPageDeps) {
  const { db, browser, chromeOf } = deps;
  return {
    async show(request: Request, reply: Reply) {
      const { userId, role } = principalOf(request);
      const has = await factorsOf(db, userId);
      const isDuty = deps.staffMfa === 'required' && role !== 'customer';
      const more = await deps.panel(userId);
      const chrome = await chromeOf(request, reply);
      return sendPage(reply, securityPage(chrome, { has, isDuty, more }));
    },

    async showTwoStep(request: Request, reply: Reply) {
      return sendPage(reply, await twoStepPage(request, reply));
    },

    async begin(request: Request, reply: Reply) {
      await beginTotp(deps, principalOf(request));
      return seeOther(reply, TWO_STEP);
    },

    async confirm(request: Request, reply: Reply, code: string) {
      return workOrShowAgain(request, reply, {
        messages: { code: 'Type the six digits that the app shows.' },
        work: async () => {
          const given = { code, address: request.ip };
          const codes = await confirmTotpBy(deps, principalOf(request), given);
          if (codes.length > 0) return showCodes(request, reply, codes);
          browser.flash(reply, {
            kind: 'success',
            text: 'Signing in asks for a code from now on.',
          });
          return seeOther(reply, TWO_STEP);
        },
        again: (errors) => twoStepPage(request, reply, errors),
      });
    },

    async turnOff(request: Request, reply: Reply) {
      await removeTotp(deps, principalOf(request));
      browser.flash(reply, { kind: 'success', text: 'The codes are switched off.' });
      return seeOther(reply, '/account/security');
    },

    async renewCodes(request: Request, reply: Reply) {
      return showCodes(request, reply, await renewRecoveryCodes(deps, principalOf(request)));
    },
  };

  async function twoStepPage(
    request: Request,
    reply: Reply,
    errors?: Parameters<typeof views.enrolPage>[2],
  ) {
    const principal = principalOf(request);
    const chrome = await chromeOf(request, reply);
    const factors = await factorsOf(db, principal.userId);
    if (factors.totpSince !== null) return views.twoStepPage(chrome, factors);
    return views.enrolPage(chrome, await pendingTotp(deps, principal), errors);
  }

  async function showCodes(request: Request, reply: Reply, codes: readonly string[]) {
    return sendPage(reply, views.recoveryCodesPage(await chromeOf(request, reply), codes));
  }
}
