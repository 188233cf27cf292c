import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLagClock } from '../../src/database/replicas/lag.ts';
import { covers, sinceOf, sinceText } from '../../src/database/replicas/wal-position.ts';
import { inRounds, within } from '../../src/shared/rounds.ts';

describe('a position', () => {
  it('comes back as it was sent, and anything else is none', () => {
    const position = fc.record({
      timeline: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      bytes: fc.maxSafeNat().filter((bytes) => String(bytes).length <= 16),
    });
    fc.assert(
      fc.property(position, (one) => {
        expect(sinceOf(sinceText(one))).toEqual(one);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const since = sinceOf(text);
        if (since !== null) expect(sinceText(since)).toBe(text.replace(/\b0+(?=\d)/g, ''));
      }),
    );
    expect(sinceOf('now')).toBe('now');
    expect(sinceOf(undefined)).toBeNull();
  });

  it('is only covered by what is as far in the same history, or in one that followed', () => {
    const at = (timeline: number, bytes: number) => ({ timeline, bytes });
    expect(covers(at(1, 10), at(1, 10))).toBe(true);
    expect(covers(at(1, 9), at(1, 10))).toBe(false);
    // A standby that had more of the old history lacks what the new one has at the same place.
    expect(covers(at(1, 20), at(2, 10))).toBe(false);
    expect(covers(at(2, 10), at(1, 10))).toBe(true);
  });
});

describe('lag', () => {
  const on = (bytes: number, timeline = 1) => ({ timeline, bytes });

  it('is how long a replica has lacked something, and none in a quiet shop', () => {
    const clock = createLagClock();
    clock.note(on(100), 0);
    clock.note(on(200), 1000);
    clock.note(on(200), 2000);
    expect(clock.of(200, 9000)).toEqual({ seconds: 0, bytes: 0, caughtUp: true });
    clock.note(on(300), 10_000);
    expect(clock.of(200, 10_500)).toEqual({ seconds: 0.5, bytes: 100, caughtUp: true });
    expect(clock.of(150, 10_500)).toEqual({ seconds: 9.5, bytes: 150, caughtUp: true });
  });

  it('is not known of a replica that was never as far as the primary at the first look', () => {
    const clock = createLagClock();
    expect(clock.of(50, 0)).toEqual({ seconds: 0, bytes: 0, caughtUp: false });
    clock.note(on(100), 0);
    expect(clock.of(99, 1000)).toMatchObject({ seconds: 1, caughtUp: false });
    expect(clock.of(100, 1000)).toMatchObject({ caughtUp: true });
  });

  it('counts anew where another history begins, also from an earlier place', () => {
    const clock = createLagClock();
    clock.note(on(100), 0);
    clock.note(on(90, 2), 1000);
    expect(clock.latest()).toEqual(on(90, 2));
    expect(clock.of(80, 3000)).toMatchObject({ seconds: 2, bytes: 10, caughtUp: false });
  });
});

describe('reading in rounds', () => {
  it('gives everybody a reading that began after they asked, one at a time', async () => {
    let clock = 0;
    let running = 0;
    const read = inRounds(async () => {
      running += 1;
      expect(running).toBe(1);
      const begun = clock;
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return begun;
    });
    const answers: Promise<number>[] = [];
    for (let asked = 1; asked <= 40; asked += 1) {
      clock = asked;
      answers.push(read().then((begun) => begun - asked));
      if (asked % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const late of await Promise.all(answers)) expect(late).toBeGreaterThanOrEqual(0);
  });

  it('reads again after one that failed', async () => {
    let fails = true;
    const read = inRounds(async () => {
      if (fails) throw new Error('away');
      return 'there';
    });
    const [first, second] = await Promise.allSettled([read(), read()]);
    expect([first?.status, second?.status]).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await read()).toBe('there');
  });

  it('waits for no longer than it may', async () => {
    await expect(within(5, new Promise(() => undefined))).rejects.toThrow('within 5 ms');
    expect(await within(60_000, Promise.resolve(1))).toBe(1);
  });
});
