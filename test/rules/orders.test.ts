import { describe, expect, it, test } from 'vitest';
import { availableOf } from '../../src/modules/inventory/inventory.model.ts';
import {
  type OrderStatus,
  statesBefore,
  transitions,
} from '../../src/modules/orders/orders.model.ts';

const states = Object.keys(transitions) as OrderStatus[];

/** Every state that an order can still come to. */
function reachable(from: OrderStatus): Set<OrderStatus> {
  const found = new Set<OrderStatus>();
  const open = [from];
  for (let state = open.pop(); state !== undefined; state = open.pop())
    for (const next of transitions[state])
      if (!found.has(next)) {
        found.add(next);
        open.push(next);
      }
  return found;
}

describe('an order', () => {
  test.each<[OrderStatus, OrderStatus[]]>([
    ['pending', []],
    ['paid', ['pending', 'expired']],
    ['fulfilled', ['paid']],
    ['delivered', ['fulfilled']],
    ['cancelled', ['pending']],
    ['expired', ['pending']],
  ])('becomes %s only from %j', (to, from) => {
    expect(statesBefore(to).toSorted()).toEqual(from.toSorted());
  });

  it('never comes back to where it was', () => {
    for (const state of states) expect(reachable(state)).not.toContain(state);
  });

  it('that was paid is never cancelled or expired: money and stock are given back by a refund', () => {
    expect([...reachable('paid')]).toEqual(['fulfilled', 'delivered']);
  });

  it('that was cancelled or delivered stays so', () => {
    expect(reachable('cancelled').size).toBe(0);
    expect(reachable('delivered').size).toBe(0);
  });

  it('that is pending can come to every other state', () => {
    expect(reachable('pending').size).toBe(states.length - 1);
  });
});

describe('what is left of a variant', () => {
  test.each([
    [10, 3, 7],
    [10, 0, 10],
    [10, 10, 0],
    [0, 0, 0],
    // Sold on without stock.
    [2, 5, 0],
    [-4, 0, 0],
  ])('of %d on hand with %d reserved is %d', (on_hand, reserved, left) => {
    expect(availableOf({ on_hand, reserved })).toBe(left);
  });
});
