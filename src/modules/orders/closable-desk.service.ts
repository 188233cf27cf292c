import { ShopError } from '../../shared/errors.ts';
import type { OrderDesk } from './order-desk.service.ts';

/** What people are told while the shop takes no new orders. */
export const CLOSED = 'We take no new orders at the moment. What is in your cart stays there.';

/**
 * A desk that can be closed: what was ordered before is paid and sent all the same.
 * @param flags what `isOpen` is read from: it is asked again where that is another, as each answer takes microseconds.
 */
export function closableDesk(
  desk: OrderDesk,
  isOpen: () => Promise<boolean>,
  flags: () => object,
): OrderDesk {
  let asked: { readonly of: object; readonly answer: Promise<boolean> } | null = null;
  const isOpenNow = (): Promise<boolean> => {
    const of = flags();
    if (asked?.of !== of) asked = { of, answer: isOpen() };
    return asked.answer;
  };
  return {
    /** @throws ShopError service_unavailable while it is closed, and as the desk itself. */
    async place(request) {
      if (!(await isOpenNow()))
        throw new ShopError('service_unavailable', CLOSED, { retryAfterSeconds: 300 });
      return desk.place(request);
    },
  };
}
