import { setImmediate } from 'node:timers/promises';
import { ShopError } from '../../shared/errors.ts';
import { inRounds } from '../../shared/rounds.ts';
import type { OrderDesk } from './order-desk.service.ts';

/** What people are told while the shop takes no new orders. */
export const CLOSED = 'We take no new orders at the moment. What is in your cart stays there.';

/** A desk that can be closed: what was ordered before is paid and sent all the same. */
export function closableDesk(desk: OrderDesk, isOpen: () => Promise<boolean>): OrderDesk {
  // Asked once for those who come together: OpenFeature takes microseconds for each answer.
  const isOpenNow = inRounds(() => setImmediate().then(isOpen));
  return {
    /** @throws ShopError service_unavailable while it is closed, and as the desk itself. */
    async place(request) {
      if (!(await isOpenNow()))
        throw new ShopError('service_unavailable', CLOSED, { retryAfterSeconds: 300 });
      return desk.place(request);
    },
  };
}
