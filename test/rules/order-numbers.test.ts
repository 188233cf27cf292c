import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSpareNumbers, drawnNow } from '../../src/modules/orders/order-numbers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('numbers of orders that were refused', () => {
  const numbers = (taken: readonly { number: number }[]) => taken.map(({ number }) => number);

  it('are for those who come next, the least first, whoever gave them back first', () => {
    const spare = createSpareNumbers();
    spare.giveBack(drawnNow([20, 21]));
    spare.giveBack(drawnNow([3, 4, 5]));
    expect(numbers(spare.take(4))).toEqual([3, 4, 5, 20]);
    expect(numbers(spare.take(4))).toEqual([21]);
    expect(spare.take(4)).toEqual([]);
  });

  it('are nobody’s five seconds after they were drawn, however often they were given back', () => {
    const spare = createSpareNumbers();
    spare.giveBack(drawnNow([1]));
    vi.advanceTimersByTime(4000);
    spare.giveBack(spare.take(1));
    vi.advanceTimersByTime(999);
    expect(numbers(spare.take(1))).toEqual([1]);
    spare.giveBack(drawnNow([2]));
    vi.advanceTimersByTime(5000);
    expect(spare.take(1)).toEqual([]);
  });
});
