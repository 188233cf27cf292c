import { setTimeout } from 'node:timers/promises';
import { log } from './log.ts';
import type { Handle, Message } from './member.ts';
import { type ShopApi, Unavailable } from './shop.ts';
import type { PaidOrder, Store } from './store.ts';

const MOST_TRIES = 5;
const PAUSE_MS = { first: 200, longest: 4000 };

/**
 * Sends what was paid: tells the shop of each paid order that it is on its way, then makes its parcel, once. What can
 * never be done (no event at all, an order that the shop does not know) is put aside, so that the rest goes on; a shop
 * that is away is waited for.
 */
export function fulfilment({
  store,
  shop,
  signal,
}: {
  store: Store;
  shop: ShopApi;
  signal: AbortSignal;
}): Handle {
  return async (message) => {
    const event = paidOrderIn(message);
    if (event === 'another') return;
    if (event === 'unreadable') {
      await putAside(message, 'not an event of the shop', null);
    } else if (await store.isKnown(event)) {
      log('known', { event: event.id, order: event.orderId });
    } else {
      // Killed from here on, this is done again at the next delivery: to tell the shop twice is harmless.
      const refusal = await tellShop(event, message);
      if (refusal !== null) return putAside(message, refusal, event);
      // Two members may be here with one event: the note of it lets one of them make the parcel.
      if (await store.makeParcel(event)) log('sent', { order: event.orderId });
    }
  };

  async function putAside(message: Message, reason: string, event: PaidOrder | null) {
    await store.putAside({ place: message.place, text: message.text, reason }, event);
    log('put aside', { place: message.place, reason });
  }

  /** Returns why it can never be told, or null once it was. */
  async function tellShop({ orderId }: PaidOrder, message: Message): Promise<string | null> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await shop.markFulfilled(orderId);
      } catch (error) {
        signal.throwIfAborted();
        // The shop's own trouble passes; what fails here again and again is about this message.
        if (!(error instanceof Unavailable) && tries >= MOST_TRIES) return String(error);
        log('tries again', { order: orderId, tries, error: String(error) });
        message.stillAtWork();
        const pause = Math.min(PAUSE_MS.first * 2 ** (tries - 1), PAUSE_MS.longest);
        const asked = error instanceof Unavailable ? error.retryAfterMs : 0;
        await setTimeout(Math.max(asked, pause * (0.5 + Math.random() / 2)), null, { signal });
      }
    }
  }
}

/** The paid order that a message tells of. */
function paidOrderIn({ text }: Message): PaidOrder | 'another' | 'unreadable' {
  try {
    const { specversion, id, type, subject } = JSON.parse(text);
    if (specversion !== '1.0' || typeof id !== 'string') return 'unreadable';
    if (type !== 'order.paid') return 'another';
    const [, orderId] = /^order\/([\da-f-]{36})$/.exec(subject) ?? [];
    return orderId === undefined ? 'unreadable' : { id, orderId };
  } catch {
    return 'unreadable';
  }
}
