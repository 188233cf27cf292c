import type { Reply, Request } from '../../http/app-type.ts';
import { type PageDeps, sendPage } from '../../http/browser.ts';
import { typed, workOrShowAgain } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { principalOf, type SessionHolder } from '../../http/principal.ts';
import { NEW_PASSWORD_MESSAGE } from '../identity/identity.model.ts';
import { registerBuckets } from '../identity/rate-limits.model.ts';
import type { SignInDeps } from '../identity/sign-in.service.ts';
import { acceptAnew, acceptAsCustomer, openInvitation } from './accept-invitation.service.ts';
import { acceptPage, invitationSpentPage, joinPage, otherAccountPage } from './invitation.views.ts';

export interface InvitationPageDeps extends SignInDeps, PageDeps {}

interface AcceptForm {
  readonly token: string;
  readonly name: string;
  readonly password: string;
}

/** Requests of people who are invited; a form that cannot be taken is shown again. */
export function invitationController(deps: InvitationPageDeps) {
  const { db, limiter, logger, browser, chromeOf } = deps;

  /** The page of an invitation for whoever opens it, with what is wrong with its form. */
  async function page(
    request: Request,
    reply: Reply,
    token: string,
    form: { name?: string; errors?: FieldError[] } = {},
  ) {
    const chrome = await chromeOf(request, reply);
    const invitation = await openInvitation(db, token);
    if (invitation === null) return { page: invitationSpentPage(chrome), status: 404 };
    const { email, hasAccount } = invitation;
    const signedIn = request.principal?.email;
    if (signedIn !== undefined && signedIn !== email)
      return { page: otherAccountPage(chrome, { email, signedIn }), status: 200 };
    if (!hasAccount) return { page: acceptPage(chrome, { email, token, ...form }), status: 200 };
    const known = signedIn !== undefined;
    return { page: joinPage(chrome, { email, token, known, errors: form.errors }), status: 200 };
  }

  function enter(
    request: Request,
    reply: Reply,
    session: { token: string; principal: SessionHolder },
  ): Promise<Reply> {
    logger.info({ userId: session.principal.userId }, 'invitation accepted');
    return browser.enter(request, reply, session, '/admin');
  }

  return {
    async show(request: Request, reply: Reply, token = '') {
      const { page: shown, status } = await page(request, reply, token);
      return sendPage(reply, shown, status);
    },

    accept: (request: Request, reply: Reply, { token, name, password }: AcceptForm) =>
      workOrShowAgain(request, reply, {
        messages: { name: 'Type your name.', password: NEW_PASSWORD_MESSAGE },
        work: async () => {
          await limiter.take(registerBuckets(request.ip));
          const userAgent = request.headers['user-agent'];
          return enter(request, reply, await acceptAnew(db, { token, name, password, userAgent }));
        },
        again: async (errors) => {
          const [token, name] = [typed(request.body, 'token'), typed(request.body, 'name')];
          return (await page(request, reply, token, { name, errors })).page;
        },
      }),

    join: (request: Request, reply: Reply, token: string) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          const userAgent = request.headers['user-agent'];
          const session = await acceptAsCustomer(db, { token, userAgent }, principalOf(request));
          return enter(request, reply, session);
        },
        again: async (errors) => (await page(request, reply, token, { errors })).page,
      }),
  };
}
