import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { seeOther } from '../../http/ways.ts';
import { askForReconciliation } from '../reconciliation/status.service.ts';
import type { AdminDeps } from './admin-page.ts';
import { readOperations } from './operations.service.ts';
import { operationsPage } from './operations.views.ts';

/** Shows how the shop does, and has it audited. */
export function operationsController(deps: AdminDeps) {
  const { db, browser, chromeOf } = deps;
  return {
    async show(request: Request, reply: Reply) {
      return sendPage(
        reply,
        operationsPage(await chromeOf(request, reply), await readOperations(deps)),
      );
    },

    async audit(_request: Request, reply: Reply) {
      await askForReconciliation(db);
      browser.flash(reply, {
        kind: 'success',
        text: 'The shop is being audited and compared with Stripe. The result appears here in a moment.',
      });
      return seeOther(reply, '/admin/operations');
    },
  };
}
