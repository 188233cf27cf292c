import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { type Placement, placeOrders } from '../../src/modules/orders/place-order.service.ts';
import type { PlaceOrder } from '../../src/modules/orders/price-orders.service.ts';
import { untilBlocked } from '../support/blocked.ts';
import { type BareShop, openBareShop } from './support.ts';

let shop: BareShop;
beforeAll(async () => {
  shop = await openBareShop();
});
afterAll(() => shop.drop());

const placedIn = (placements: readonly Placement[]) =>
  placements.flatMap((placement) => (placement.kind === 'placed' ? [placement.order] : []));

describe('an order under a key', () => {
  const claim = (actorId: string, fingerprint = 'a') => ({
    ...{ actorId, route: 'POST /api/orders', key: 'my-key', fingerprint },
  });
  const stored = async (actorId: string) =>
    shop.db
      .selectFrom('idempotency_keys')
      .select(['status', 'body', 'resource_id'])
      .where('actor_id', '=', actorId)
      .executeTakeFirst();

  it('is placed once, and answered again as it was', async () => {
    const customerId = await shop.person();
    const request = await shop.request({ customerId, claim: claim(customerId) });
    const [order] = placedIn(await shop.placeAll([request]));
    const [again] = await shop.placeAll([request]);
    expect(again).toEqual({
      ...{
        kind: 'repeated',
        outcome: { kind: 'finished', status: 201, body: JSON.stringify(order) },
      },
    });
    const orders = await shop.db
      .selectFrom('orders')
      .selectAll()
      .where('customer_id', '=', customerId)
      .execute();
    expect(orders).toHaveLength(1);
    expect(await shop.stock(String(order?.items[0]?.variantId))).toBe('10/1');
  });

  it('beside others is answered with itself', async () => {
    const people = [await shop.person(), await shop.person()];
    const requests = await Promise.all(
      people.map((customerId) => shop.request({ customerId, claim: claim(customerId) })),
    );
    const orders = placedIn(await shop.placeAll(requests));
    const answers = await Promise.all(people.map(stored));
    expect(answers.map((answer) => JSON.parse(String(answer?.body)).id)).toEqual(
      orders.map(({ id }) => id),
    );
  });

  // Where the twin finds nothing left, and where it could have been placed too.
  it.each([1, 10])('that is at work elsewhere is waited for, of %i in stock', async (stock) => {
    const { variantId } = await shop.product({ stock });
    const customerId = await shop.person();
    const items = [{ variantId, quantity: 1 }];
    const request = await shop.request({ customerId, items, claim: claim(customerId) });
    let twin: Promise<Placement[]> | undefined;
    const placements = await inTransaction(shop.db, async (tx) => {
      const placed = await placeOrders(tx, [request], { reservationSeconds: 900 });
      twin = shop.placeAll([request]);
      await untilBlocked(shop.db);
      return placed;
    });
    const [order] = placedIn(placements);
    expect(await twin).toEqual([
      {
        kind: 'repeated',
        outcome: { kind: 'finished', status: 201, body: JSON.stringify(order) },
      },
    ]);
    expect(await shop.stock(variantId)).toBe(`${stock}/1`);
  });

  it('that another request has is refused', async () => {
    const customerId = await shop.person();
    const request = await shop.request({ customerId, claim: claim(customerId) });
    await shop.placeAll([request]);
    const [other] = await shop.placeAll([{ ...request, claim: claim(customerId, 'b') }]);
    expect(other).toMatchObject({ kind: 'refused', error: { code: 'idempotency_key_reused' } });
  });

  it('leaves the answer to a later step where there is one, which finds the order', async () => {
    const customerId = await shop.person();
    const request = await shop.request({
      customerId,
      claim: claim(customerId),
      answersClaim: false,
    });
    const [order] = placedIn(await shop.placeAll([request]));
    expect(await stored(customerId)).toMatchObject({
      status: null,
      body: null,
      resource_id: order?.id,
    });
    expect((await shop.placeAll([request]))[0]).toEqual({
      ...{ kind: 'repeated', outcome: { kind: 'begun', resourceId: order?.id } },
    });
    expect(await stored(customerId)).toMatchObject({ resource_id: order?.id });
  });

  it.each<[string, () => Promise<PlaceOrder['items']>]>([
    ['for its lines', async () => [{ quantity: 1 }]],
    [
      'for its stock',
      async () => [{ variantId: (await shop.product({ stock: 0 })).variantId, quantity: 1 }],
    ],
  ])('that was refused %s leaves the key free', async (_why, items) => {
    const customerId = await shop.person();
    const request = await shop.request({
      customerId,
      claim: claim(customerId),
      items: await items(),
    });
    expect((await shop.placeAll([request]))[0]?.kind).toBe('refused');
    expect(await stored(customerId)).toBeUndefined();
  });

  test('keeps the key of the one beside it that was placed', async () => {
    const [one, other] = [await shop.person(), await shop.person()];
    const good = await shop.request({ customerId: one, claim: claim(one) });
    const bad = await shop.request({
      customerId: other,
      claim: claim(other),
      items: [{ quantity: 1 }],
    });
    await shop.placeAll([bad, good]);
    expect(await stored(one)).toMatchObject({ status: 201 });
    expect(await stored(other)).toBeUndefined();
  });
});
