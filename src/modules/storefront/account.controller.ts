import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { principalOf } from '../../http/principal.ts';
import { listOrders } from '../orders/orders.service.ts';
import { accountPage } from './account.views.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

const PAGE = 10;

/** What a customer sees of themselves. */
export function accountController({ reads, chromeOf }: StorefrontDeps) {
  return {
    async show(request: Request, reply: Reply, cursor: string | undefined) {
      const customer = principalOf(request);
      const [chrome, orders] = await Promise.all([
        chromeOf(request, reply),
        // Also what they have just ordered elsewhere, in an app.
        reads.at('now', (from) => listOrders(from, customer.userId, {}, { limit: PAGE, cursor })),
      ]);
      return sendPage(
        reply,
        accountPage(chrome, { customer, orders, isFirst: cursor === undefined }),
      );
    },
  };
}
