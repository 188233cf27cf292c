import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeParkedEvent, replayEvent } from '../../src/modules/payments/parked-events.service.ts';
import { getEvent } from '../../src/modules/payments/webhooks.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { payingAt } from './paying.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
let paying: ReturnType<typeof payingAt>;
beforeAll(async () => {
  shop = await openBareShop();
  paying = payingAt(shop);
});
afterAll(() => shop.drop());

/** An event about money that does not fit, and its order. */
async function parked() {
  const { order, session } = await paying.onPage();
  const id = `evt_${newId()}`;
  await paying.happen('checkout.session.completed', { ...session, amount_total: 1 }, id);
  return { id, order };
}

describe('an event that waits for a person', () => {
  it('is closed once, by whoever says what came of its money', async () => {
    const { id } = await parked();
    const actorId = await shop.person('admin');
    const closing = { reason: 'given back by hand', actorId };
    await closeParkedEvent(shop.db, id, closing);
    expect(await getEvent(shop.db, id)).toMatchObject({
      ...{ state: 'closed', closed_reason: 'given back by hand', closed_by: actorId },
    });
    expect(await shop.noted(id)).toEqual([['stripe_event.closed', {}]]);
    await expect(closeParkedEvent(shop.db, id, closing)).rejects.toThrow(
      expect.objectContaining({
        ...{ code: 'conflict', message: 'Only a parked event is closed; this one is closed.' },
      }),
    );
    expect(await shop.noted(id)).toHaveLength(1);
  });

  it('is applied again when a person asks for it, and is noted', async () => {
    const { id, order } = await parked();
    await shop.db
      .updateTable('orders')
      .set({ subtotal: 1, total: 1 })
      .where('id', '=', order.id)
      .execute();
    await replayEvent(paying.deps, id);
    expect((await getEvent(shop.db, id)).state).toBe('applied');
    expect(await paying.payments(order)).toMatchObject([{ status: 'succeeded', amount: usd(1) }]);
    expect(await shop.noted(id)).toEqual([['stripe_event.replayed', {}]]);
  });
});
