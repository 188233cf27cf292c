import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { Address, Order, OrderStatus } from '../../src/modules/orders/orders.model.ts';
import {
  advanceOrder,
  cancelOrder,
  countUnits,
  expireOrders,
  getOrder,
  listOrders,
  markPaid,
  noteRefund,
  updateOrder,
} from '../../src/modules/orders/orders.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
beforeAll(async () => {
  shop = await openBareShop();
});
afterAll(() => shop.drop());

const refused = (code: string, message = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });
const notFound = refused('not_found', 'The order was not found.');

/** An order of three units of a product, with the variant that it holds. */
async function ordered(customerId?: string) {
  const { variantId } = await shop.product();
  const items = [{ variantId, quantity: 3 }];
  const order = await shop.order({ items, ...(customerId && { customerId }) });
  return { ...order, variantId };
}
const status = async ({ id }: { id: string }) => (await getOrder(shop.db, null, id)).status;
const paid = (id: string) => inTransaction(shop.db, (tx) => markPaid(tx, id));

describe('an order', () => {
  it('is shown to its owner and to whoever may see all; to others it is not there', async () => {
    const [owner, other] = [await shop.person(), await shop.person()];
    const { id } = await ordered(owner);
    expect((await getOrder(shop.db, owner, id)).id).toBe(id);
    expect((await getOrder(shop.db, null, id)).id).toBe(id);
    await expect(getOrder(shop.db, other, id)).rejects.toThrow(notFound);
    const lists = [owner, other].map((who) => listOrders(shop.db, who, {}, { limit: 5 }));
    expect((await Promise.all(lists)).map(({ data }) => data.length)).toEqual([1, 0]);
  });

  it('counts units, not lines', async () => {
    const items = [await shop.product(), await shop.product()].map(({ variantId }, index) => ({
      ...{ variantId, quantity: index + 2 },
    }));
    const { id } = await shop.order({ items });
    expect(await inTransaction(shop.db, (tx) => countUnits(tx, id))).toBe(5);
  });
});

describe('an unpaid order', () => {
  it('is cancelled by its owner once, however often they ask, and gives its stock back', async () => {
    const owner = await shop.person();
    const order = await ordered(owner);
    for (let times = 0; times < 2; times += 1)
      expect((await cancelOrder(shop.db, owner, order.id)).status).toBe('cancelled');
    expect(await shop.stock(order.variantId)).toBe('10/0');
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.cancelled']);
    expect(await shop.jobs(order.id)).toEqual(['close_checkouts']);
    expect(await shop.noted(order.id)).toEqual([]);
  });

  it('that the staff cancels is noted, once', async () => {
    const order = await ordered();
    await cancelOrder(shop.db, null, order.id);
    await cancelOrder(shop.db, null, order.id);
    expect(await shop.noted(order.id)).toEqual([['order.cancelled', {}]]);
  });

  it('is cancelled by nobody else', async () => {
    const order = await ordered();
    await expect(cancelOrder(shop.db, await shop.person(), order.id)).rejects.toThrow(notFound);
    expect([await status(order), await shop.stock(order.variantId)]).toEqual(['pending', '10/3']);
  });

  it('expires when its reservation has run out, and not before', async () => {
    const [due, fresh] = [await ordered(), await ordered()];
    await shop.expire(due, { sweep: false });
    expect(await expireOrders(shop.db, 100)).toBe(1);
    expect(await expireOrders(shop.db, 100)).toBe(0);
    expect([await status(due), await status(fresh)]).toEqual(['expired', 'pending']);
    expect([await shop.stock(due.variantId), await shop.stock(fresh.variantId)]).toEqual([
      ...['10/0', '10/3'],
    ]);
    expect(await shop.events(due.id)).toEqual(['order.placed', 'order.expired']);
    expect(await shop.jobs(due.id)).toEqual(['close_checkouts']);
  });

  it('is one of as many as are expired at once', async () => {
    const orders = [await ordered(), await ordered(), await ordered()];
    for (const order of orders) await shop.expire(order, { sweep: false });
    expect([await expireOrders(shop.db, 2), await expireOrders(shop.db, 2)]).toEqual([2, 1]);
  });
});

describe('money for an order', () => {
  it('pays it once', async () => {
    const order = await ordered();
    expect([await paid(order.id), await paid(order.id)]).toEqual(['paid', 'already_paid']);
    expect([await status(order), await shop.stock(order.variantId)]).toEqual(['paid', '10/3']);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.paid']);
    expect(await shop.eventData(order.id, 'order.paid')).toEqual({ total: usd(3000), late: false });
  });

  it('that comes after it was sent, or for no order, is not taken', async () => {
    const order = await ordered();
    await paid(order.id);
    await advanceOrder(shop.db, order.id, 'fulfilled');
    expect(await paid(order.id)).toBe('already_paid');
    await expect(paid(newId())).rejects.toThrow(notFound);
  });

  it('never revives a cancelled order', async () => {
    const order = await ordered();
    await cancelOrder(shop.db, null, order.id);
    expect(await paid(order.id)).toBe('closed');
    expect([await status(order), await shop.stock(order.variantId)]).toEqual(['cancelled', '10/0']);
  });

  it('that is late takes the stock again where it is still there', async () => {
    const order = await ordered();
    await shop.expire(order);
    expect(await paid(order.id)).toBe('paid');
    expect([await status(order), await shop.stock(order.variantId)]).toEqual(['paid', '10/3']);
    expect(await shop.eventData(order.id, 'order.paid')).toMatchObject({ late: true });
  });

  it('that is late finds nothing where others bought it meanwhile', async () => {
    const order = await ordered();
    await shop.expire(order);
    await shop.order({ items: [{ variantId: order.variantId, quantity: 8 }] });
    expect(await paid(order.id)).toBe('out_of_stock');
    expect([await status(order), await shop.stock(order.variantId)]).toEqual(['expired', '10/8']);
  });
});

describe('a paid order', () => {
  it('is sent, then delivered, each once, and its units leave the house', async () => {
    const order = await ordered();
    await paid(order.id);
    expect((await advanceOrder(shop.db, order.id, 'fulfilled')).status).toBe('fulfilled');
    expect(await shop.stock(order.variantId)).toBe('7/0');
    const again = advanceOrder(shop.db, order.id, 'fulfilled');
    await expect(again).rejects.toThrow(
      refused('invalid_transition', 'An order that is fulfilled cannot become fulfilled.'),
    );
    expect((await advanceOrder(shop.db, order.id, 'delivered')).status).toBe('delivered');
    expect(await shop.stock(order.variantId)).toBe('7/0');
    expect((await shop.events(order.id)).slice(1)).toEqual([
      ...['order.paid', 'order.fulfilled', 'order.delivered'],
    ]);
    expect(await shop.noted(order.id)).toEqual([
      ['order.fulfilled', {}],
      ['order.delivered', {}],
    ]);
  });

  it('is not cancelled', async () => {
    const order = await ordered();
    await paid(order.id);
    await expect(cancelOrder(shop.db, null, order.id)).rejects.toThrow(
      refused('invalid_transition', 'An order that is paid cannot become cancelled.'),
    );
  });

  it('gives its units back once all of its money went back, and is not sent after that', async () => {
    const order = await ordered();
    await paid(order.id);
    const goBack = (amount: number) =>
      inTransaction(shop.db, (tx) => noteRefund(tx, order.id, amount));
    await goBack(2999);
    expect(await shop.stock(order.variantId)).toBe('10/3');
    await goBack(1);
    expect(await shop.stock(order.variantId)).toBe('10/0');
    expect((await getOrder(shop.db, null, order.id)).refundedTotal).toEqual(usd(3000));
    expect((await shop.events(order.id)).at(-1)).toBe('order.stock_released');
    await expect(advanceOrder(shop.db, order.id, 'fulfilled')).rejects.toThrow(
      refused('invalid_transition'),
    );
  });

  it('that was sent brings no units back by its money', async () => {
    const order = await ordered();
    await paid(order.id);
    await advanceOrder(shop.db, order.id, 'fulfilled');
    await inTransaction(shop.db, (tx) => noteRefund(tx, order.id, 3000));
    expect(await shop.stock(order.variantId)).toBe('7/0');
    expect((await shop.events(order.id)).at(-1)).toBe('order.fulfilled');
  });
});

describe('a change of an order', () => {
  const address: Address = { name: 'B', line1: '2 Way', city: 'Y', postalCode: '2', country: 'FR' };
  const never = async () => {
    throw new Error('settled');
  };
  const change = (
    { id }: Pick<Order, 'id'>,
    given: Parameters<typeof updateOrder>[3],
    {
      owner = null,
      settle = never,
    }: { owner?: string | null; settle?: Parameters<typeof updateOrder>[4] } = {},
  ) => updateOrder(shop.db, owner, id, given, settle);

  it('says where it goes until it is sent, and is noted where it was not its owner’s', async () => {
    const owner = await shop.person();
    const order = await ordered(owner);
    expect(await change(order, { email: 'b@example.test' }, { owner })).toMatchObject({
      ...{ email: 'b@example.test', shippingAddress: null },
    });
    expect(await shop.noted(order.id)).toEqual([]);
    expect(await change(order, { shippingAddress: address })).toMatchObject({
      ...{ email: 'b@example.test', shippingAddress: address },
    });
    expect(await shop.noted(order.id)).toEqual([
      ['order.contact_changed', { fields: ['shippingAddress'] }],
    ]);
    expect(await shop.events(order.id)).toEqual([
      ...['order.placed', 'order.contact_changed', 'order.contact_changed'],
    ]);
    await paid(order.id);
    await advanceOrder(shop.db, order.id, 'fulfilled');
    await expect(change(order, { email: 'c@example.test' })).rejects.toThrow(
      refused('invalid_transition', 'An order that is fulfilled cannot be changed.'),
    );
  });

  it('of somebody else’s is of nothing', async () => {
    const order = await ordered();
    const owner = await shop.person();
    await expect(change(order, { email: 'b@example.test' }, { owner })).rejects.toThrow(notFound);
    await expect(change(order, {}, { owner })).rejects.toThrow(notFound);
  });

  it('by nothing changes nothing', async () => {
    const order = await ordered();
    expect(await change(order, {})).toMatchObject({ status: 'pending' });
    expect(await shop.events(order.id)).toEqual(['order.placed']);
  });

  test.each<[OrderStatus, OrderStatus]>([
    ['pending', 'cancelled'],
    ['paid', 'fulfilled'],
  ])('moves it from %s to %s', async (from, to) => {
    const order = await ordered();
    if (from === 'paid') await paid(order.id);
    expect((await change(order, { status: to })).status).toBe(to);
  });

  it('delivers what was sent', async () => {
    const order = await ordered();
    await paid(order.id);
    await change(order, { status: 'fulfilled' });
    expect((await change(order, { status: 'delivered' })).status).toBe('delivered');
  });

  test.each<OrderStatus>(['pending', 'expired'])('never makes it %s', async (to) => {
    const order = await ordered();
    await expect(change(order, { status: to })).rejects.toThrow(
      refused('invalid_transition', `An order that is pending cannot become ${to}.`),
    );
  });

  it('that is refused leaves all as it was, the address too', async () => {
    const order = await ordered();
    const both = { email: 'b@example.test', status: 'delivered' } as const;
    await expect(change(order, both)).rejects.toThrow(refused('invalid_transition'));
    expect((await getOrder(shop.db, null, order.id)).email).toBe('ada@example.test');
  });

  it('that pays it settles in the same transaction, and what follows comes after the commit', async () => {
    const order = await ordered();
    const seen: string[] = [];
    const settle: Parameters<typeof updateOrder>[4] = async (tx) => {
      await markPaid(tx, order.id);
      return () => seen.push('committed');
    };
    expect((await change(order, { status: 'paid' }, { settle })).status).toBe('paid');
    expect(seen).toEqual(['committed']);
    await expect(change(await ordered(), { status: 'paid' }, { settle: never })).rejects.toThrow(
      'settled',
    );
  });
});
