import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { paceOf, type Rate } from '../../src/http/limits/gcra.ts';
import { localLimits } from '../../src/http/limits/local-limits.ts';
import { CLASSES, ratesAt, scaled } from '../../src/http/limits/route-classes.ts';
import type { Bucket } from '../../src/http/rate-limit.ts';
import { codeBuckets, warningBucket } from '../../src/modules/factors/rate-limits.model.ts';
import {
  registerBuckets,
  requestResetBuckets,
  resetPasswordBuckets,
  signInBuckets,
} from '../../src/modules/identity/rate-limits.model.ts';

afterEach(() => void vi.useRealTimers());

const SECOND = 1e6;
const rate = fc.record({
  limit: fc.integer({ min: 1, max: 50 }),
  periodSeconds: fc.integer({ min: 1, max: 3600 }),
});

/** Limits with a clock that stands still until it is moved. */
function standing(capacity = 1000) {
  let now = 1e9;
  const limits = localLimits({ capacity, now: () => now });
  return {
    ...limits,
    get size() {
      return limits.size;
    },
    pass: (microseconds: number) => {
      now += microseconds;
    },
  };
}

describe('a rate of requests', () => {
  it('lets its whole limit through at once and no more, and says how much is left', () => {
    fc.assert(
      fc.property(rate, (given) => {
        const limits = standing();
        for (let left = given.limit - 1; left >= 0; left -= 1)
          expect(limits.take('a', given)).toMatchObject({ allowed: true, remaining: left });
        expect(limits.isEmpty('a', given)).toBe(true);
        expect(limits.take('a', given)).toMatchObject({ allowed: false, remaining: 0 });
      }),
    );
  });

  it('lets through in any time what it holds and what comes back meanwhile, whatever is asked when', () => {
    const steps = fc.array(fc.nat(20 * SECOND), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(rate, steps, (given, pauses) => {
        const limits = standing();
        // A reckoning of its own: a bucket of tokens that are filled in evenly.
        let tokens = given.limit;
        for (const pause of pauses) {
          limits.pass(pause);
          tokens = Math.min(given.limit, tokens + pause / paceOf(given));
          // What floating point cannot tell is not asked.
          if (Math.abs(tokens - Math.round(tokens)) < 1e-6) return;
          const { allowed } = limits.take('a', given);
          expect(allowed).toBe(tokens >= 1);
          if (allowed) tokens -= 1;
        }
      }),
    );
  });

  it('says to the second when who is refused may come again', () => {
    fc.assert(
      fc.property(rate, fc.nat(5 * SECOND), (given, pause) => {
        const limits = standing();
        while (!limits.isEmpty('a', given)) limits.take('a', given);
        // A pace is whole microseconds, so that a period holds a few more of them than it has paces.
        limits.pass(Math.max(0, Math.min(pause, paceOf(given) - given.limit - 1)));
        const { allowed, seconds } = limits.take('a', given);
        expect(allowed).toBe(false);
        limits.pass((seconds - 1) * SECOND - 1);
        if (seconds > 1) expect(limits.isEmpty('a', given)).toBe(true);
        limits.pass(SECOND + 1);
        expect(limits.take('a', given).allowed).toBe(true);
      }),
    );
  });

  it('says to who is let in when all of it is there again', () => {
    const limits = standing();
    const ten: Rate = { limit: 10, periodSeconds: 60 };
    expect(limits.take('a', ten).seconds).toBe(6);
    expect(limits.take('a', ten).seconds).toBe(12);
    limits.pass(3 * SECOND);
    expect(limits.take('a', ten).seconds).toBe(15);
    expect(limits.take('b', { limit: 100, periodSeconds: 1 }).seconds).toBe(1);
  });

  it('holds each who asks by themselves', () => {
    const limits = standing();
    const one: Rate = { limit: 1, periodSeconds: 60 };
    expect(limits.take('a', one).allowed).toBe(true);
    expect(limits.isEmpty('b', one)).toBe(false);
    expect(limits.take('b', one).allowed).toBe(true);
    expect(limits.take('a', one).allowed).toBe(false);
  });

  it('remembers no more than it has room for, and forgets first who asked longest ago', () => {
    const limits = standing(3);
    const one: Rate = { limit: 1, periodSeconds: 60 };
    for (const key of ['a', 'b', 'c', 'a', 'd']) limits.take(key, one);
    expect(limits.size).toBe(3);
    // b was asked for the longest ago, as a came again.
    expect(['a', 'b', 'c', 'd'].map((key) => limits.isEmpty(key, one))).toEqual([
      ...[true, false, true, true],
    ]);
  });

  it('goes by the clock of the process, to the microsecond', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const limits = localLimits({ capacity: 10 });
    const one: Rate = { limit: 1, periodSeconds: 1 };
    expect(limits.take('a', one).allowed).toBe(true);
    vi.advanceTimersByTime(999);
    expect(limits.take('a', one).allowed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(limits.take('a', one).allowed).toBe(true);
  });

  it('forgets what is full again, which is the same as never used', () => {
    const limits = standing();
    const one: Rate = { limit: 1, periodSeconds: 60 };
    for (const key of ['a', 'b', 'c', 'd']) limits.take(key, one);
    limits.pass(60 * SECOND - 1);
    limits.take('e', one);
    expect(limits.size).toBe(5);
    limits.pass(1);
    limits.take('f', one);
    limits.take('g', one);
    expect(limits.size).toBe(3);
  });
});

describe('the class of a route', () => {
  it('is scaled in percent, and lets at least one request through', () => {
    expect(scaled({ limit: 120, periodSeconds: 60 }, 50)).toEqual({ limit: 60, periodSeconds: 60 });
    expect(scaled({ limit: 3, periodSeconds: 60 }, 50)).toEqual({ limit: 2, periodSeconds: 60 });
    expect(scaled({ limit: 120, periodSeconds: 60 }, 0)).toEqual({ limit: 1, periodSeconds: 60 });
    expect(ratesAt(100)).toEqual(CLASSES);
    expect(ratesAt(200).order.limit).toBe(2 * CLASSES.order.limit);
  });
});

/** How many tries in so many hours fit into a bucket, from its being full. */
const triesIn = (hours: number, { limit, periodSeconds }: Rate) =>
  limit + Math.floor((hours * 3600 * limit) / periodSeconds);
/** The bucket of a name, or one that lets everything through. */
const bucket = (buckets: readonly Bucket[], name: string) => {
  const found = buckets.find((one) => one.name === name);
  if (!found) throw new Error(`there is no bucket ${name}`);
  return found;
};
const same = (one: readonly Bucket[], other: readonly Bucket[]) =>
  one
    .filter(({ name, subject }) => bucket(other, name).subject === subject)
    .map(({ name }) => name);

describe('who guesses passwords', () => {
  const ada = signInBuckets('ada@example.com', '203.0.113.7');

  it('of one account from everywhere has 20 tries a quarter of an hour', () => {
    const elsewhere = signInBuckets('ada@example.com', '198.51.100.1');
    expect(same(ada, elsewhere)).toEqual(['sign-in:account']);
    expect(triesIn(24, bucket(ada, 'sign-in:account'))).toBe(20 + 24 * 80);
  });

  it('of many accounts from one network has 10 tries a minute', () => {
    const another = signInBuckets('bob@example.com', '203.0.113.7');
    expect(same(ada, another)).toEqual(['sign-in:address']);
    expect(triesIn(1, bucket(ada, 'sign-in:address'))).toBe(50 + 600);
  });

  it('of one account from one network is stopped first, after 5', () => {
    expect(same(ada, ada)).toHaveLength(3);
    const tight = bucket(ada, 'sign-in:account+address');
    expect([tight.limit, triesIn(1, tight)]).toEqual([5, 305]);
    for (const { limit } of ada) expect(limit).toBeGreaterThanOrEqual(5);
  });

  it('from other addresses of a /64 is the same', () => {
    const [one, other] = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9'].map((address) => [
      ...signInBuckets('ada@example.com', address),
      ...registerBuckets(address),
      ...requestResetBuckets('ada@example.com', address),
      ...resetPasswordBuckets(address),
    ]);
    expect(one).toEqual(other);
  });
});

describe('who asks for mails or accounts', () => {
  it('gets five mails a quarter of an hour to one address, from wherever they ask', () => {
    const asked = requestResetBuckets('ada@example.com', '203.0.113.7');
    const elsewhere = requestResetBuckets('ada@example.com', '198.51.100.1');
    expect(same(asked, elsewhere)).toEqual(['request-reset:account']);
    expect(triesIn(1, bucket(asked, 'request-reset:account'))).toBe(5 + 20);
  });

  it('asks once in two seconds from one network, for whatever account', () => {
    const asked = requestResetBuckets('ada@example.com', '203.0.113.7');
    const other = requestResetBuckets('bob@example.com', '203.0.113.7');
    expect(same(asked, other)).toEqual(['request-reset:address']);
    expect(triesIn(1, bucket(asked, 'request-reset:address'))).toBe(30 + 1800);
    const [reset] = resetPasswordBuckets('203.0.113.7');
    expect(reset).toMatchObject({ name: 'reset-password', limit: 30, periodSeconds: 60 });
  });

  it('makes sixty accounts a minute from one network', () => {
    const [register] = registerBuckets('203.0.113.7');
    expect(register).toMatchObject({ name: 'register', limit: 60, periodSeconds: 60 });
  });
});

describe('who guesses second factors', () => {
  const from = (address: string, digits: boolean) =>
    codeBuckets({ userId: 'ada', address, digits });

  it('at codes of six digits for a whole year gets in with a chance of one in three', () => {
    const tries = triesIn(365 * 24, bucket(from('203.0.113.7', true), 'code:account'));
    // A code is good in its own half minute, the one before and the one after.
    const chance = 1 - (1 - 3e-6) ** tries;
    expect(chance).toBeGreaterThan(0.3);
    expect(chance).toBeLessThan(1 / 3);
  });

  it('has five tries in five minutes from one address, at either', () => {
    for (const digits of [true, false]) {
      const [tight] = from('203.0.113.7', digits);
      expect(tight).toMatchObject({ limit: 5, periodSeconds: 300 });
    }
  });

  it('cannot lock the owner out of their recovery codes, nor from another address at once', () => {
    const [codes, recovery] = [from('203.0.113.7', true), from('203.0.113.7', false)];
    const names = new Set([...codes, ...recovery].map(({ name }) => name));
    expect(names.size).toBe(4);
    expect(same(codes, from('198.51.100.1', true))).toEqual(['code:account']);
    expect(same(recovery, from('198.51.100.1', false))).toEqual(['recovery-code:account']);
    const account = bucket(recovery, 'recovery-code:account');
    expect(triesIn(1, account)).toBe(60 + 60);
  });

  it('counts as one in the whole network of an IPv6 address', () => {
    const codes = from('2001:db8:1:2::1', true);
    expect(same(codes, from('2001:db8:1:2:ffff::9', true))).toEqual([
      'code:account+address',
      'code:account',
    ]);
    expect(same(codes, from('2001:db8:1:3::1', true))).toEqual(['code:account']);
  });

  it('has the owner told once a day of each way', () => {
    const [one, other] = [warningBucket('ada', 'code'), warningBucket('ada', 'passkey')];
    expect(one.name).not.toBe(other.name);
    expect(one).toMatchObject({ subject: 'ada', limit: 1, periodSeconds: 24 * 3600 });
  });
});
