import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

describe('a webhook', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop({ STRIPE_WEBHOOK_SECRET: 'whsec_current, whsec_previous' });
  });
  afterAll(() => shop.stop());

  const send = async (secret: string, livemode = false) => {
    const event = {
      id: `evt_${randomUUID()}`,
      object: 'event',
      type: 'payment_intent.created',
      livemode,
      data: { object: { id: 'pi_1' } },
    };
    const body = JSON.stringify(event);
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret });
    const { status } = await shop.api('POST', '/api/webhooks/stripe', {
      body,
      headers: { 'stripe-signature': signature },
    });
    return { status, id: event.id };
  };
  const kept = (id: string) =>
    shop.db
      .selectFrom('webhook_events')
      .select(['state', 'note'])
      .where('event_id', '=', id)
      .executeTakeFirst();

  it('is taken with the current and the previous secret while they are rolled, with no other', async () => {
    expect((await send('whsec_current')).status).toBe(200);
    expect((await send('whsec_previous')).status).toBe(200);
    expect((await send('whsec_older')).status).toBe(400);
  });

  it('of live money is ignored by a shop with a test key, which says so', async () => {
    const { status, id } = await send('whsec_current', true);
    expect(status).toBe(200);
    expect(await kept(id)).toEqual({ state: 'ignored', note: 'a live event, for a test key' });
    const test = await send('whsec_current');
    await until(async () => (await kept(test.id))?.state === 'ignored');
    expect((await kept(test.id))?.note).toBe('no part of the shop follows this type');
  });
});
