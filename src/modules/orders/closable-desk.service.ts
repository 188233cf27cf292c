import { ShopError } from '../../shared/errors.ts';
import type { OrderDesk } from './order-desk.service.ts';

/** What people are told while the shop takes no new orders. */
export const CLOSED = 'We take no new orders at the moment. What is in your cart stays there.';

/** A desk that can be closed: what was ordered before is paid and sent all the same. */
export function closableDesk(desk: OrderDesk, isOpen: () => Promise<boolean>): OrderDesk {
  return {
    /** @throws ShopError service_unavailable while it is closed, and as the desk itself. */
    async place(request) {
      if (!(await isOpen()))
        throw new ShopError('service_unavailable', CLOSED, { retryAfterSeconds: 300 });
      return desk.place(request);
    },
  };
}
