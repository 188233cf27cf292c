import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allot, type OrderLine } from '../../src/modules/inventory/inventory.model.ts';

const levels = new Map([
  ['kettle', 5],
  ['lamp', 1],
  ['print', Number.POSITIVE_INFINITY],
]);

const order = (orderId: string, wanted: Readonly<Record<string, number>>): OrderLine[] =>
  Object.entries(wanted).map(([variantId, quantity]) => ({ orderId, variantId, quantity }));

const served = (...orders: OrderLine[][]) => [...allot(levels, orders.flat())];

describe('stock is given', () => {
  it('to whoever came first, while there is enough', () => {
    expect(
      served(order('a', { kettle: 3 }), order('b', { kettle: 2 }), order('c', { kettle: 1 })),
    ).toEqual(['a', 'b']);
  });

  it('whole or not at all', () => {
    expect(served(order('a', { kettle: 1, lamp: 2 }))).toEqual([]);
  });

  it('past an order that is refused to one behind it that fits', () => {
    expect(served(order('a', { kettle: 6 }), order('b', { kettle: 5 }))).toEqual(['b']);
    expect(
      served(
        order('a', { lamp: 1 }),
        order('b', { lamp: 1, kettle: 5 }),
        order('c', { kettle: 5 }),
      ),
    ).toEqual(['a', 'c']);
  });

  it('without end of what sells on, and not of what is not there', () => {
    expect(served(order('a', { print: 1_000_000 }), order('b', { print: 1 }))).toEqual(['a', 'b']);
    expect(served(order('a', { unknown: 1 }))).toEqual([]);
  });

  it('never beyond what there is, and refused to nobody whom it would have been enough for', () => {
    const wanted = fc.dictionary(
      fc.constantFrom('kettle', 'lamp', 'bowl'),
      fc.integer({ min: 1, max: 4 }),
      { minKeys: 1 },
    );
    const stock = fc.record({ kettle: fc.nat(12), lamp: fc.nat(6), bowl: fc.nat(3) });
    fc.assert(
      fc.property(stock, fc.array(wanted, { maxLength: 12 }), (free, orders) => {
        const there = new Map(Object.entries(free));
        const got = allot(
          there,
          orders.flatMap((one, index) => order(`${index}`, one)),
        );
        const left = new Map(there);
        for (const [index, one] of orders.entries()) {
          const isEnough = Object.entries(one).every(
            ([id, quantity]) => quantity <= (left.get(id) ?? 0),
          );
          expect(got.has(`${index}`)).toBe(isEnough);
          if (isEnough)
            for (const [id, quantity] of Object.entries(one))
              left.set(id, (left.get(id) ?? 0) - quantity);
        }
        for (const units of left.values()) expect(units).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
