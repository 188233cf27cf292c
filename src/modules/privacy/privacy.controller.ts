import type { Db } from '../../database/database.ts';
import type { Reply, Request } from '../../http/app-type.ts';
import { type PageDeps, sendPage } from '../../http/browser.ts';
import { sendFile } from '../../http/files.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import { seeOther } from '../../http/ways.ts';
import { ShopError } from '../../shared/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { eraseCustomer } from './erase.service.ts';
import { exportPerson } from './export.service.ts';
import { dataPage, erasePage } from './privacy.views.ts';

export interface PrivacyDeps extends PageDeps {
  readonly db: Db;
  readonly logger: Logger;
  readonly limiter: RateLimiter;
}

/** Requests of people about what the shop knows of them. */
export function privacyController({ db, logger, limiter, browser, chromeOf }: PrivacyDeps) {
  return {
    async showData(request: Request, reply: Reply) {
      return sendPage(reply, dataPage(await chromeOf(request, reply)));
    },

    async showErase(request: Request, reply: Reply) {
      assertCustomer(request);
      return sendPage(reply, erasePage(await chromeOf(request, reply)));
    },

    async export(request: Request, reply: Reply) {
      const { userId } = principalOf(request);
      await limiter.take([{ name: 'export-data', subject: userId, limit: 5, periodSeconds: 3600 }]);
      const data = await exportPerson(db, userId);
      return sendFile(reply, { name: 'my-data', ending: 'json' }, data);
    },

    erase: (request: Request, reply: Reply) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          assertCustomer(request);
          const { userId } = principalOf(request);
          await eraseCustomer(db, userId);
          logger.info({ userId }, 'customer erased');
          browser.signOut(reply);
          browser.flash(reply, {
            kind: 'success',
            text: 'Your account is erased. What orders still say of you goes within a few minutes.',
          });
          return seeOther(reply, '/');
        },
        again: async (errors) => erasePage(await chromeOf(request, reply), errors),
      }),
  };
}

function assertCustomer(request: Request): void {
  if (principalOf(request).role !== 'customer')
    throw new ShopError('forbidden', 'Accounts of staff are not erased here.');
}
