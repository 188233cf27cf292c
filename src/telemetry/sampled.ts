import type { Gauge } from 'prom-client';

const FRESH_MS = 5000;
const PATIENCE_MS = 2000;

/**
 * Gauges whose numbers are asked for when they are scraped, together and at most every five seconds. While whoever
 * is asked does not answer within two, they are absent: a scrape never fails for it, and no old number looks new.
 */
export function sampled<T extends { readonly [K in keyof T]: number }>() {
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
    /** The `collect` of the gauge that shows one of the numbers. */
    into(key: keyof T) {
      return async function collect(this: Gauge): Promise<void> {
        const sample = await current();
        if (sample) this.set(sample[key]);
        else this.remove();
      };
    },
  };
}
