import type { Static } from 'typebox';
import type { Reply, Request } from '../../http/app-type.ts';
import { type PageDeps, sendPage } from '../../http/browser.ts';
import { typed, workOrShowAgain } from '../../http/form-errors.ts';
import type { HtmlValue } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import type { Principal } from '../../http/principal.ts';
import { moveOn, seeOther, withNext } from '../../http/ways.ts';
import { ShopError } from '../../shared/errors.ts';
import { register } from './account.service.ts';
import { LIFETIME, NEW_PASSWORD_MESSAGE, normaliseEmail } from './identity.model.ts';
import type {
  ForgotPasswordForm,
  ResetPasswordForm,
  SignInForm,
  SignUpForm,
} from './identity.schemas.ts';
import * as views from './identity.views.ts';
import { requestPasswordReset, resetPassword } from './password-reset.service.ts';
import { registerBuckets, requestResetBuckets, resetPasswordBuckets } from './rate-limits.model.ts';
import { createBrowserSession, endSession } from './session.service.ts';
import { type SignInDeps, signIn } from './sign-in.service.ts';

export interface IdentityPageDeps extends SignInDeps, PageDeps {
  /** Whether mails can be read on the development mailbox page. */
  readonly mailbox: boolean;
  /** What signs in without a password, on the page where people sign in. */
  readonly otherWays: (chrome: Chrome, next: string | undefined) => HtmlValue;
}

type Next = string | undefined;
const EMAIL = 'Type an e-mail address such as ada@example.org.';

/** What each page of signing in and out does. Forms are checked here before anything of their body is used. */
export function identityPageController(deps: IdentityPageDeps) {
  const { db, logger, limiter, browser, chromeOf } = deps;

  return {
    async showSignIn(request: Request, reply: Reply, next: Next) {
      if (request.principal !== null) return moveOn(reply, request.principal, next);
      return sendPage(reply, signInPage(await chromeOf(request, reply), next));
    },

    async signIn(request: Request, reply: Reply, form: Static<typeof SignInForm>, next: Next) {
      if (request.principal !== null) return stay(request, reply, request.principal, next);
      return handle(request, reply, {
        messages: { email: EMAIL, password: 'Type your password.' },
        work: async () => {
          const { email, password } = form;
          const known = browser.knownAs(request, normaliseEmail(email));
          const attempt = { email, password, address: request.ip, browser: known };
          const session = await signIn(deps, attempt, (tx, user) =>
            createBrowserSession(tx, user, request.headers['user-agent']),
          ).catch(challengeIn);
          if (typeof session === 'string') {
            browser.keepChallenge(reply, session, LIFETIME.secondStep);
            return seeOther(reply, withNext('/sign-in/second-step', next));
          }
          return browser.enter(request, reply, session, next);
        },
        again: (chrome, state) => signInPage(chrome, next, state),
      });
    },

    async showSignUp(request: Request, reply: Reply, next: Next) {
      if (request.principal !== null) return moveOn(reply, request.principal, next);
      return sendPage(reply, views.signUpPage(await chromeOf(request, reply), next));
    },

    async signUp(request: Request, reply: Reply, form: Static<typeof SignUpForm>, next: Next) {
      if (request.principal !== null) return stay(request, reply, request.principal, next);
      return handle(request, reply, {
        messages: { email: EMAIL, password: NEW_PASSWORD_MESSAGE, name: 'Use a shorter name.' },
        work: async () => {
          await limiter.take(registerBuckets(request.ip));
          const session = await register(db, form, (tx, user) =>
            createBrowserSession(tx, user, request.headers['user-agent']),
          );
          logger.info({ userId: session.principal.userId }, 'registered');
          return browser.enter(request, reply, session, next);
        },
        again: (chrome, state) => views.signUpPage(chrome, next, state),
      });
    },

    async signOut(request: Request, reply: Reply) {
      const token = browser.sessionToken(request);
      if (token !== null) await endSession(db, token);
      browser.signOut(reply);
      return seeOther(reply, '/');
    },

    async showForgotPassword(request: Request, reply: Reply) {
      return sendPage(reply, views.forgotPasswordPage(await chromeOf(request, reply)));
    },

    async forgotPassword(
      request: Request,
      reply: Reply,
      { email }: Static<typeof ForgotPasswordForm>,
    ) {
      return handle(request, reply, {
        messages: { email: EMAIL },
        work: async () => {
          await limiter.take(requestResetBuckets(normaliseEmail(email), request.ip));
          await requestPasswordReset(db, email);
          return sendPage(reply, views.resetSentPage(await chromeOf(request, reply), deps));
        },
        again: (chrome, state) => views.forgotPasswordPage(chrome, state),
      });
    },

    async showResetPassword(request: Request, reply: Reply, token: string | undefined) {
      const chrome = await chromeOf(request, reply);
      if (token === undefined) return sendPage(reply, views.linkIncompletePage(chrome), 400);
      return sendPage(reply, views.resetPasswordPage(chrome, token));
    },

    async resetPassword(
      request: Request,
      reply: Reply,
      { token, password }: Static<typeof ResetPasswordForm>,
    ) {
      return handle(request, reply, {
        messages: { password: NEW_PASSWORD_MESSAGE },
        work: async () => {
          await limiter.take(resetPasswordBuckets(request.ip));
          await resetPassword(db, { token, password, logger });
          const text = 'Your password is changed. Sign in with the new one.';
          browser.flash(reply, { kind: 'success', text });
          return seeOther(reply, '/sign-in');
        },
        again: (chrome, state) =>
          views.resetPasswordPage(chrome, typed(request.body, 'token'), state),
      });
    },
  };

  /** Somebody signed in while the form was open, in another tab; who typed another address hears who. */
  function stay(request: Request, reply: Reply, principal: Principal, next: Next): Reply {
    if (normaliseEmail(typed(request.body, 'email')) !== principal.email) {
      const text = `This browser is signed in as ${principal.email}. Sign out first to use another account.`;
      browser.flash(reply, { kind: 'info', text });
    }
    return moveOn(reply, principal, next);
  }

  function signInPage(chrome: Chrome, next: Next, state?: views.FormState) {
    return views.signInPage(chrome, { next, otherWays: deps.otherWays(chrome, next) }, state);
  }

  /** Runs a form's work, or shows the form again with what was typed and what to change. */
  async function handle(
    request: Request,
    reply: Reply,
    form: {
      messages: Readonly<Record<string, string>>;
      work: () => Promise<Reply>;
      again: (chrome: Chrome, state: views.FormState) => ReturnType<typeof views.signInPage>;
    },
  ): Promise<Reply> {
    const values = { email: typed(request.body, 'email'), name: typed(request.body, 'name') };
    return workOrShowAgain(request, reply, {
      ...form,
      again: async (errors) => form.again(await chromeOf(request, reply), { values, errors }),
    });
  }
}

/** The challenge of a sign-in that has a second step; anything else that was thrown is thrown again. */
function challengeIn(error: unknown): string {
  if (error instanceof ShopError && error.code === 'second_factor_required')
    return String(error.members.challenge);
  throw error;
}
