import type { Static } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { Reply, Request } from '../../http/app-type.ts';
import { type PageDeps, sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import { seeOther } from '../../http/ways.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { changePassword } from './change-password.service.ts';
import { NEW_PASSWORD_MESSAGE } from './identity.model.ts';
import type { ChangePasswordForm } from './identity.schemas.ts';
import { endOtherSessions, endOwnSession, listSessions } from './own-sessions.service.ts';
import { changePasswordPage, sessionsPage } from './own-sessions.views.ts';

export interface OwnSessionsDeps extends PageDeps {
  readonly db: Db;
  readonly logger: Logger;
  readonly limiter: RateLimiter;
}

const PAGE = 20;
const PATH = '/account/sessions';

/** Where people are signed in, and their password. */
export function ownSessionsController(deps: OwnSessionsDeps) {
  const { db, browser, chromeOf } = deps;
  return {
    async show(request: Request, reply: Reply, cursor: string | undefined) {
      const sessions = await listSessions(db, principalOf(request), { limit: PAGE, cursor });
      const chrome = await chromeOf(request, reply);
      return sendPage(reply, sessionsPage(chrome, { sessions, isFirst: cursor === undefined }));
    },

    async endOne(request: Request, reply: Reply, id: string) {
      const own = principalOf(request);
      await endOwnSession(db, own, id);
      if (id === own.sessionId) {
        browser.signOut(reply);
        return seeOther(reply, '/');
      }
      browser.flash(reply, { kind: 'success', text: 'The session is signed out.' });
      return seeOther(reply, PATH);
    },

    async endOthers(request: Request, reply: Reply) {
      const ended = await endOtherSessions(db, principalOf(request));
      const text = `${ended} other ${ended === 1 ? 'session is' : 'sessions are'} signed out.`;
      browser.flash(reply, { kind: 'success', text });
      return seeOther(reply, PATH);
    },

    async showPassword(request: Request, reply: Reply) {
      return sendPage(reply, changePasswordPage(await chromeOf(request, reply)));
    },

    async changePassword(request: Request, reply: Reply, form: Static<typeof ChangePasswordForm>) {
      return workOrShowAgain(request, reply, {
        messages: {
          currentPassword: 'Type your current password.',
          newPassword: NEW_PASSWORD_MESSAGE,
        },
        work: async () => {
          const { currentPassword, newPassword } = form;
          await changePassword(deps, principalOf(request), {
            currentPassword,
            newPassword,
          });
          const text = 'Your password is changed, and your other sessions are signed out.';
          browser.flash(reply, { kind: 'success', text });
          return seeOther(reply, PATH);
        },
        again: async (errors) => changePasswordPage(await chromeOf(request, reply), errors),
      });
    },
  };
}
