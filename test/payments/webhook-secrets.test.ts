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

  const send = (secret: string, livemode = false, change: object = {}) => {
    const event = {
      id: `evt_${randomUUID()}`,
      object: 'event',
      type: 'payment_intent.created',
      livemode,
      data: { object: { id: 'pi_1' } },
      ...change,
    };
    return sendText(secret, JSON.stringify(event), event.id);
  };
  const sendText = async (secret: string, body: string, id = '') => {
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret });
    const { status } = await shop.api('POST', '/api/webhooks/stripe', {
      body,
      headers: { 'stripe-signature': signature },
    });
    return { status, id };
  };
  const kept = (id: string) =>
    shop.db
      .selectFrom('webhook_events')
      .select(['state', 'note', 'payload'])
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
    expect(await kept(id)).toMatchObject({
      state: 'ignored',
      note: 'a live event, for a test key',
    });
    const test = await send('whsec_current');
    await until(async () => (await kept(test.id))?.state === 'ignored');
    expect((await kept(test.id))?.note).toBe('no part of the shop follows this type');
  });

  it.each(['null', '[]', '"event"', '{', '{"id":null,"type":"a.b"}', '{"id":"evt_1"}'])(
    'that is signed and no event is refused: %s',
    async (text) => {
      expect((await sendText('whsec_current', text)).status).toBe(400);
    },
  );

  it('of a name that cannot be kept is refused', async () => {
    for (const id of ['', 'x'.repeat(3000), 'a\0b'])
      expect((await send('whsec_current', false, { id })).status).toBe(400);
  });

  it('with characters that PostgreSQL does not keep is taken, with others in their place', async () => {
    const id = `evt_${randomUUID()}`;
    const name = String.raw`A\u0000B \ud83d\ude00 \ud83d. \ude00 \\u0000`;
    const text = `{"id":"${id}","type":"a.b","livemode":false,"data":{"object":{"name":"${name}"}}}`;
    expect((await sendText('whsec_current', text)).status).toBe(200);
    const payload = (await kept(id))?.payload;
    expect(payload).toMatchObject({
      data: { object: { name: 'A\ufffdB 😀 \ufffd. \ufffd \\u0000' } },
    });
  });
});
