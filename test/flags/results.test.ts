import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultsOf } from '../../src/modules/flags/results.model.ts';
import { percentText, rulesOf, rulesText } from '../../src/modules/flags/rules-text.model.ts';
import { isLopsided, newcombe, wilson } from '../../src/modules/flags/statistics.model.ts';

const rounded = ({ low, high }: { low: number; high: number }) => [low.toFixed(4), high.toFixed(4)];

describe('intervals', () => {
  it.each([
    [81, 263, '0.2553', '0.3662'],
    [15, 148, '0.0624', '0.1605'],
    [0, 20, '0.0000', '0.1611'],
    [1, 29, '0.0061', '0.1718'],
  ])('of %i of %i are those that Newcombe prints for Wilson’s', (count, of, low, high) => {
    expect(rounded(wilson({ count, of }))).toEqual([low, high]);
  });

  it('of differences are those that Newcombe prints for his tenth method', () => {
    const of = (a: number, m: number, b: number, n: number) =>
      rounded(newcombe({ count: a, of: m }, { count: b, of: n }));
    expect(of(56, 70, 48, 80)).toEqual(['0.0524', '0.3339']);
    expect(of(9, 10, 3, 10)).toEqual(['0.1705', '0.8090']);
    expect(of(10, 10, 0, 20)).toEqual(['0.6791', '1.0000']);
  });

  it('hold the true difference in about 95 of 100 experiments', () => {
    // Rates of 5 and 8 of 100, drawn from a sequence that is the same each time.
    let state = 7;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state / 2 ** 31;
    };
    const draw = (rate: number) => {
      let count = 0;
      for (let visitor = 0; visitor < 400; visitor += 1) if (random() < rate) count += 1;
      return { count, of: 400 };
    };
    let held = 0;
    for (let times = 0; times < 1000; times += 1) {
      const { low, high } = newcombe(draw(0.08), draw(0.05));
      if (low <= 0.03 && 0.03 <= high) held += 1;
    }
    expect(held).toBeGreaterThan(930);
    expect(held).toBeLessThan(970);
  });
});

describe('visitors', () => {
  it('that are divided as meant, but for chance, are not lopsided', () => {
    expect(
      isLopsided([
        { seen: 5000, weight: 1 },
        { seen: 5100, weight: 1 },
      ]),
    ).toBe(false);
    expect(
      isLopsided([
        { seen: 5000, weight: 1 },
        { seen: 5400, weight: 1 },
      ]),
    ).toBe(true);
    expect(
      isLopsided([
        { seen: 3000, weight: 3 },
        { seen: 1020, weight: 1 },
      ]),
    ).toBe(false);
    expect(
      isLopsided([
        { seen: 0, weight: 1 },
        { seen: 0, weight: 1 },
      ]),
    ).toBe(false);
  });
});

describe('a verdict', () => {
  const verdict = (control: number[], other: number[]) => {
    const counts = ([visitors = 0, ordered = 0]: number[]) => ({
      ...{ visitors, ordered, paid: ordered, strayed: 0 },
    });
    const weights = { none: 1, maker: 1 };
    const experiment = { id: 'x', startedAt: new Date(0), endedAt: null, weights };
    const of = new Map([
      ['none', counts(control)],
      ['maker', counts(other)],
    ]);
    return resultsOf(experiment, { off: 'none' }, of).variants.map(({ paid }) => paid.verdict);
  };
  it('waits for enough data, and then for a difference that chance hardly makes', () => {
    expect(verdict([99, 20], [200, 90])).toEqual(['control', 'early']);
    expect(verdict([500, 9], [500, 60])).toEqual(['control', 'early']);
    expect(verdict([0, 0], [0, 0])).toEqual(['control', 'early']);
    expect(verdict([500, 50], [500, 60])).toEqual(['control', 'open']);
    expect(verdict([500, 50], [500, 90])).toEqual(['control', 'better']);
    expect(verdict([500, 90], [500, 50])).toEqual(['control', 'worse']);
  });
});

describe('rules as text', () => {
  it('are read as they were written', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9][\w.@-]{0,20}$/);
    const condition = fc.record({
      attribute: fc.constantFrom('role', 'customer', 'email-domain', 'country', 'segment' as const),
      not: fc.boolean(),
      values: fc.array(word, { minLength: 1, maxLength: 3 }),
    });
    const rule = fc.record({
      when: fc.array(condition, { minLength: 1, maxLength: 3 }),
      variant: fc.constantFrom('none', 'maker'),
      share: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), (rules) => {
        expect(rulesOf(rulesText(rules as never))).toEqual(rules);
      }),
      { numRuns: 300 },
    );
    expect(percentText(1250)).toBe('12.5');
  });

  it.each([
    '',
    'role',
    'role is',
    'role is staff',
    'age is 7 gets maker',
    'role is a b gets maker',
  ])('that are none are refused: %s', (text) => {
    if (text === '') expect(rulesOf(text)).toEqual([]);
    else expect(() => rulesOf(text)).toThrow('is no rule');
  });
});
