import { closeStrayPage } from '../payments/heal.service.ts';
import { ourId } from '../payments/stripe-ids.model.ts';
import { strayPages } from './books.repository.ts';
import { type Look, readThrough } from './look.service.ts';

/** Closes payment pages that are open at Stripe for orders which wait for no money. */
export function lookAtSessions(look: Look): Promise<boolean> {
  const { deps, compared, healed } = look;
  return readThrough(look, 'sessions', deps.records.openSessions, async (sessions) => {
    compared.sessions += sessions.length;
    const open = sessions.map(({ id, metadata }) => ({
      sessionId: id,
      checkoutId: ourId(metadata?.checkout_id),
    }));
    for (const page of await strayPages(deps.db, open, { changedBefore: look.quietBefore }))
      if (await closeStrayPage(deps, page)) {
        healed.sessions += 1;
        deps.logger.warn(page, 'closed a payment page that was left open');
      }
  });
}
