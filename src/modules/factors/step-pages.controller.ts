import type { Reply, Request } from '../../http/app-type.ts';
import type { FieldError } from '../../http/forms.views.ts';
import type { Html } from '../../http/html.ts';
import { principalOf } from '../../http/principal.ts';
import { factorsOf } from './enrol.service.ts';
import type { FactorPageDeps } from './factors.controller.ts';
import { firstStepOf } from './second-step.service.ts';
import { beginAgainPage, confirmPage, secondStepPage } from './steps.views.ts';

type Errors = readonly FieldError[];

/** The pages of second steps and of proofs, which offer what the account has. */
export function stepPages({ db, browser, chromeOf, otherProof }: FactorPageDeps) {
  return {
    /** Where somebody is asked for their second step; a way to begin again where there was no first. */
    async secondStep(
      request: Request,
      reply: Reply,
      next: string | undefined,
      errors?: Errors,
    ): Promise<Html> {
      const challenge = browser.challenge(request);
      const userId = challenge && (await firstStepOf(db, challenge));
      const chrome = await chromeOf(request, reply);
      if (!userId) {
        if (reply.statusCode < 400) reply.code(400);
        return beginAgainPage(chrome, next);
      }
      return secondStepPage(chrome, { next, has: await factorsOf(db, userId) }, errors);
    },

    /** Where somebody signed in is asked to prove that it is they. */
    async confirm(
      request: Request,
      reply: Reply,
      next: string | undefined,
      errors?: Errors,
    ): Promise<Html> {
      const { userId } = principalOf(request);
      const [has, other] = [await factorsOf(db, userId), await otherProof(userId, next)];
      return confirmPage(await chromeOf(request, reply), { next, has, other }, errors);
    },
  };
}
