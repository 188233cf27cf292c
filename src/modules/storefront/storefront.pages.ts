import type { App } from '../../http/app-type.ts';
import { accountPages } from './account.pages.ts';
import { cartPages } from './cart.pages.ts';
import { checkoutPages } from './checkout.pages.ts';
import { listingPages } from './listing.pages.ts';
import { orderPages } from './order.pages.ts';
import { productPages } from './product.pages.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

/** Everything a shopper sees. The scope it is registered in has browserSessions. */
export function storefrontPages(app: App, deps: StorefrontDeps): void {
  listingPages(app, deps);
  productPages(app, deps);
  cartPages(app, deps);
  checkoutPages(app, deps);
  orderPages(app, deps);
  accountPages(app, deps);
}
