import type { Reads } from '../../database/replicas/reads.ts';
import type { Reply, Request } from '../../http/app-type.ts';
import type { PageDeps } from '../../http/browser.ts';
import type { VisitorReads } from '../../http/cache/visitor-reads.ts';
import type { CartOwner } from '../cart/cart.service.ts';
import type { FlagReader, OwnFlags } from '../flags/flag-reader.model.ts';
import type { OrderDesk } from '../orders/order-desk.service.ts';
import type { CheckoutDeps } from '../payments/checkout.service.ts';

/** What the shop's pages are built on, given by the composition root. */
export interface StorefrontDeps extends CheckoutDeps, PageDeps {
  readonly reads: Reads;
  /** What every visitor is shown alike. */
  readonly shared: VisitorReads;
  readonly orderDesk: OrderDesk;
  readonly flags: FlagReader;
  /** The flags of whoever asks. */
  readonly flagsOf: (request: Request, reply: Reply) => OwnFlags;
  /** The cart of whoever asks: the customer's, or the guest's known by their cookie. */
  readonly cartOwnerOf: (request: Request) => CartOwner;
}
