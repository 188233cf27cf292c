import type { Gauge } from 'prom-client';

const FRESH_MS = 5000;
const PATIENCE_MS = 2000;

type NumbersOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];

/**
 * Gauges whose numbers are asked for when they are scraped, together and at most every five seconds. While whoever
 * is asked does not answer within two, they are absent: a scrape never fails for it, and no old number looks new.
 */
export function sampled<T extends object>() {
  let source: () => Promise<T | null> = async () => null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<T | null> = Promise.resolve(null);

  function current(): Promise<T | null> {
    const now = performance.now();
    if (now - askedAt > FRESH_MS) {
      askedAt = now;
      const late = new Promise<null>((resolve) => {
        setTimeout(() => resolve(null), PATIENCE_MS).unref();
      });
      answer = Promise.race([source().catch(() => null), late]);
    }
    return answer;
  }

  return {
    /** Says whom to ask. */
    readBy(read: () => Promise<T>): void {
      source = read;
    },
    /** The numbers as they are now; null while whoever is asked does not answer. */
    read: current,
    /** The `collect` of the gauge that shows one of the numbers. */
    into(key: NumbersOf<T>) {
      return this.intoEach((sample) => [{ labels: {}, value: Number(sample[key]) }]);
    },
    /** The `collect` of a gauge that has a number for each of its labels' values, or none. */
    intoEach(numbersOf: (sample: T) => readonly { labels: object; value: number }[]) {
      return async function collect(this: Gauge): Promise<void> {
        const sample = await current();
        this.reset();
        // A reset leaves a gauge without labels at 0.
        this.remove({});
        for (const { labels, value } of sample ? numbersOf(sample) : [])
          this.set({ ...labels }, value);
      };
    },
  };
}
