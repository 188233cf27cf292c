import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declaredFlags, flagKeys } from '../../src/modules/flags/declared.model.ts';
import { evaluate, type FlagVisitor } from '../../src/modules/flags/evaluate.model.ts';
import type { FlagReader } from '../../src/modules/flags/flag-reader.model.ts';
import { type Flag, onlyVariantOf, type Segment } from '../../src/modules/flags/flags.model.ts';

const declaration = declaredFlags['related-products'];
const guest: FlagVisitor = { customerId: null, role: null, email: null, country: null };
const flag = (set: Partial<Flag> = {}): Flag => ({
  key: 'related-products',
  enabled: true,
  rules: [],
  rollout: 10_000,
  weights: { category: 1 },
  salt: 'salt',
  experimentId: null,
  version: 1,
  changedAt: new Date(0),
  ...set,
});
const segments = new Map<string, Segment>([
  ['testers', { key: 'testers', customerIds: ['ada'], emailDomains: ['example.org'], version: 1 }],
]);
const variantOf = (set: Partial<Flag>, visitor: Partial<FlagVisitor> = {}) =>
  evaluate(declaration, flag(set), segments, { ...guest, ...visitor }).variant;

const share = fc.integer({ min: 0, max: 10_000 });
const weights = fc.record({
  none: fc.integer({ min: 0, max: 20 }),
  category: fc.integer({ min: 1, max: 20 }),
  maker: fc.integer({ min: 0, max: 20 }),
});

describe('a roll-out', () => {
  it('keeps everybody who is in, with the variant that they have, however it grows', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), share, share, weights, (salt, targetingKey, a, b, of) => {
        const [rollout, grown] = a < b ? [a, b] : [b, a];
        const at = (part: number) =>
          evaluate(declaration, flag({ salt, rollout: part, weights: of }), segments, {
            ...guest,
            targetingKey,
          });
        const before = at(rollout);
        expect(at(rollout)).toEqual(before);
        if (before.reason === 'SPLIT') expect(at(grown)).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  it('reaches as many as it says, each variant by its parts, whoever is in', () => {
    const seen = new Map<string, number>();
    for (let visitor = 0; visitor < 20_000; visitor += 1) {
      const set = { rollout: 2000, weights: { category: 3, maker: 1 } };
      const variant = variantOf(set, { targetingKey: `visitor ${visitor}` });
      seen.set(variant, (seen.get(variant) ?? 0) + 1);
    }
    // Four standard deviations: these keys are always the same.
    expect(Math.abs((seen.get('category') ?? 0) - 3000)).toBeLessThan(205);
    expect(Math.abs((seen.get('maker') ?? 0) - 1000)).toBeLessThan(125);
    expect(seen.get('none')).toBe(20_000 - (seen.get('category') ?? 0) - (seen.get('maker') ?? 0));
  });

  it('draws each flag anew, and reaches nobody without a key unless it reaches all', () => {
    const of = (salt: string) =>
      Array.from({ length: 400 }, (_, key) =>
        variantOf({ salt, rollout: 5000 }, { targetingKey: String(key) }),
      );
    const same = of('one').filter((variant, index) => variant === of('other')[index]).length;
    expect(same).toBeGreaterThan(140);
    expect(same).toBeLessThan(260);
    expect(variantOf({ rollout: 9999 })).toBe('none');
    expect(variantOf({ weights: { category: 1, maker: 1 } })).toBe('none');
    expect(variantOf({})).toBe('category');
  });
});

describe('a rule', () => {
  const rule = (attribute: string, values: string[], not = false) =>
    ({ when: [{ attribute, values, not }], variant: 'maker', share: 10_000 }) as never;
  it.each([
    ['signed-in', 'yes', { customerId: 'ada' }],
    ['signed-in', 'no', {}],
    ['role', 'staff', { customerId: 'ada', role: 'staff' }],
    ['customer', 'ada', { customerId: 'ada' }],
    ['email-domain', 'example.com', { email: 'ada@Example.COM' }],
    ['country', 'NZ', { country: 'NZ' }],
    ['segment', 'testers', { customerId: 'ada' }],
    ['segment', 'testers', { email: 'grace@example.org' }],
  ])('asks for %s %s', (attribute, value, visitor) => {
    const other = { role: 'admin', customerId: attribute === 'signed-in' ? null : 'eve' };
    expect(variantOf({ rules: [rule(attribute, [value])] }, visitor)).toBe('maker');
    expect(variantOf({ rules: [rule(attribute, [value], true)] }, visitor)).toBe('category');
    expect(variantOf({ rules: [rule(attribute, ['else'])] }, other)).toBe('category');
  });

  it('comes before the roll-out, the first that fits first, for its share of the same visitors', () => {
    const rules = [
      { when: [], variant: 'maker', share: 3000 },
      { when: [], variant: 'none', share: 6000 },
    ];
    const keys = Array.from({ length: 300 }, (_, key) => ({ targetingKey: String(key) }));
    const byRule = keys.filter((key) => variantOf({ rules }, key) === 'maker');
    const byRollout = keys.filter(
      (key) => variantOf({ rollout: 3000, weights: { maker: 1 } }, key) === 'maker',
    );
    expect(byRule).toEqual(byRollout);
    expect(byRule.length).toBeGreaterThan(60);
  });
});

describe('a flag', () => {
  it('that is off gives everybody what is declared for it, whatever the rules say', () => {
    const rules = [{ when: [], variant: 'maker', share: 10_000 }];
    expect(variantOf({ enabled: false, rules })).toBe('none');
  });

  it('set to a variant that the code no longer has gives the default', () => {
    expect(variantOf({ weights: { gone: 1 } })).toBe('none');
    expect(variantOf({ rules: [{ when: [], variant: 'gone', share: 10_000 }] })).toBe('none');
  });

  it('that gives everybody the same is known to', () => {
    expect(onlyVariantOf(flag(), declaration)).toBe('category');
    expect(onlyVariantOf(flag({ enabled: false }), declaration)).toBe('none');
    expect(onlyVariantOf(flag({ rollout: 0 }), declaration)).toBe('none');
    expect(onlyVariantOf(flag({ rollout: 5000, weights: { none: 1 } }), declaration)).toBe('none');
    expect(onlyVariantOf(flag({ rollout: 5000 }), declaration)).toBeNull();
    expect(onlyVariantOf(flag({ weights: { none: 1, maker: 1 } }), declaration)).toBeNull();
  });

  it('of a visitor, or one that is not declared, does not compile where answers are kept', () => {
    const ofKept = (reader: FlagReader) => [
      reader.ofShop('take-orders'),
      // @ts-expect-error it differs from one visitor to the next
      reader.ofShop('related-products'),
      // @ts-expect-error it is not declared
      reader.ofShop('take-order'),
    ];
    expect(ofKept).toBeTypeOf('function');
  });

  it.each(flagKeys)('%s declares variants that there are', (key) => {
    const { variants, default: byDefault, off, owner, description } = declaredFlags[key];
    expect(Object.keys(variants)).toEqual(expect.arrayContaining([byDefault, off]));
    expect(owner.length * description.length).toBeGreaterThan(0);
  });
});
