import fc from 'fast-check';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { accountNames, accounts, firstIdAt } from '../../src/modules/ledger/ledger.model.ts';
import { isId } from '../../src/shared/ids.ts';

describe('the chart of accounts', () => {
  it('grows on the debit side by what the shop has, on the credit side by what it earned or owes', () => {
    const on = (side: string) => accountNames.filter((name) => accounts[name].side === side);
    expect(on('debit')).toEqual(['stripe_balance', 'manual_receipts']);
    expect(on('credit')).toEqual(['sales', 'customer_funds', 'refunds_pending']);
  });

  it('has a name and a meaning for every account, each its own', () => {
    const words = Object.values(accounts).flatMap(({ label, meaning }) => [label, meaning]);
    expect(words.every((text) => /^[A-Z].+/.test(text))).toBe(true);
    expect(new Set(words).size).toBe(words.length);
  });
});

describe('the first id of a moment', () => {
  // Ids hold the milliseconds since 1970 in 48 bits.
  const moment = fc.integer({ min: 0, max: 2 ** 48 - 2 });

  it('has every id made before it below, every later one above', () => {
    fc.assert(
      fc.property(moment, (msecs) => {
        const first = firstIdAt(new Date(msecs));
        expect(isId(first)).toBe(true);
        expect(v7({ msecs }) >= first).toBe(true);
        expect(v7({ msecs }) < firstIdAt(new Date(msecs + 1))).toBe(true);
      }),
    );
  });

  it('before 1970 is the first of all', () => {
    expect(firstIdAt(new Date('1969-12-31'))).toBe(firstIdAt(new Date(0)));
  });
});
