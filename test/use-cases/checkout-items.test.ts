import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOrderDesk } from '../../src/modules/orders/order-desk.service.ts';
import { listOrders } from '../../src/modules/orders/orders.service.ts';
import { type Buyer, checkoutItems } from '../../src/modules/payments/checkout-items.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { newMarks, withCorrelation } from '../../src/telemetry/context.ts';
import { askedOfStripe } from './stripe.ts';
import { type BareShop, openBareShop } from './support.ts';

let shop: BareShop;
const stripe = askedOfStripe();
beforeAll(async () => {
  shop = await openBareShop();
});
beforeEach(() => stripe.reset());
afterAll(() => shop.drop());

async function buyer(): Promise<Buyer> {
  const userId = await shop.person();
  return { userId, email: 'ada@example.test', owner: userId };
}
function checkout(by: Buyer, body: Parameters<typeof checkoutItems>[2], key?: string) {
  const { db, metrics } = shop;
  const orderDesk = createOrderDesk(db, { reservationSeconds: 900, metrics });
  const deps = {
    db,
    metrics,
    orderDesk,
    stripe: stripe.gateway,
    publicUrl: 'https://shop.example',
  };
  const claim = key ? { actorId: by.userId, route: 'checkout', key, fingerprint: 'a' } : null;
  return checkoutItems(deps, by, body, claim);
}
const ordersOf = async ({ userId }: Buyer) =>
  (await listOrders(shop.db, userId, {}, { limit: 10 })).data;
const invalid = (message: string) =>
  expect.objectContaining({ errors: [{ path: 'orderId', message }] });
const lines = async () => [{ variantId: (await shop.product()).variantId, quantity: 1 }];

describe('a checkout of items', () => {
  it('places their order and opens its page', async () => {
    const ada = await buyer();
    const answer = await checkout(ada, { items: await lines() });
    const [order] = await ordersOf(ada);
    expect(answer).toMatchObject({ kind: 'checkout', checkout: { orderId: order?.id } });
    expect(order).toMatchObject({ email: ada.email, shippingAddress: null });
  });

  it('takes contact and address of the order from who buys', async () => {
    const ada = await buyer();
    const address = { name: 'B', line1: '2 Way', city: 'Y', postalCode: '2', country: 'FR' };
    const contact = { email: 'b@example.test', shippingAddress: address };
    await checkout(ada, { items: await lines(), ...contact });
    expect(await ordersOf(ada)).toMatchObject([contact]);
  });

  it('under a key places one order, and is answered again as it was', async () => {
    const [ada, items] = [await buyer(), await lines()];
    const first = await checkout(ada, { items }, 'k');
    if (first.kind !== 'checkout') throw new Error('repeated');
    expect(await checkout(ada, { items }, 'k')).toEqual({
      ...{ kind: 'repeated', status: 201, body: JSON.stringify(first.checkout) },
    });
    expect([(await ordersOf(ada)).length, stripe.asked.length]).toEqual([1, 1]);
  });

  it('under a key goes on with its order where it was cut off between order and page', async () => {
    const [ada, items] = [await buyer(), await lines()];
    stripe.failures.push(new Error('the process died'));
    await expect(checkout(ada, { items }, 'k')).rejects.toThrow('the process died');
    const again = await checkout(ada, { items }, 'k');
    const orders = await ordersOf(ada);
    expect(orders).toHaveLength(1);
    expect(again).toMatchObject({ kind: 'checkout', checkout: { orderId: orders[0]?.id } });
  });
});

describe('a checkout of an order', () => {
  it('opens its page, and is found in its story', async () => {
    const ada = await buyer();
    const order = await shop.order({ customerId: ada.userId });
    const marks = newMarks();
    const work = () => checkout(ada, { orderId: order.id });
    expect(await withCorrelation('a request', work, marks)).toMatchObject({
      ...{ kind: 'checkout', checkout: { orderId: order.id } },
    });
    expect([...marks.orders]).toEqual([order.id]);
  });

  it('is told of its order before anything else is found out', async () => {
    const [ada, marks, orderId] = [await buyer(), newMarks(), newId()];
    const work = () => checkout(ada, { orderId });
    await expect(withCorrelation('a request', work, marks)).rejects.toThrow('was not found');
    expect([...marks.orders]).toEqual([orderId]);
  });

  it('under a key is answered again as it was', async () => {
    const ada = await buyer();
    const { id: orderId } = await shop.order({ customerId: ada.userId });
    const first = await checkout(ada, { orderId }, 'k');
    if (first.kind !== 'checkout') throw new Error('repeated');
    const marks = newMarks();
    const again = await withCorrelation('another', () => checkout(ada, { orderId }, 'k'), marks);
    expect(again).toEqual({
      ...{ kind: 'repeated', status: 201, body: JSON.stringify(first.checkout) },
    });
    expect([...marks.orders]).toEqual([orderId]);
  });

  it('names an order or items, not both and not neither', async () => {
    const ada = await buyer();
    const message = 'Name either an orderId or items.';
    await expect(checkout(ada, {})).rejects.toThrow(invalid(message));
    const both = { orderId: newId(), items: await lines() };
    await expect(checkout(ada, both)).rejects.toThrow(invalid(message));
  });

  it('does not change where its order goes', async () => {
    await expect(
      checkout(await buyer(), { orderId: newId(), email: 'b@example.test' }),
    ).rejects.toThrow(
      invalid('Contact and address of an order are changed with PUT /api/orders/:id.'),
    );
  });
});
