import { LRUCache } from 'lru-cache';

/** How long an answer is kept: what another instance changes holds here within so many milliseconds. */
const KEPT_MS = 5000;
const MOST_KEPT = 10_000;

/** Keeps what `read` answers for five seconds, so that what every request needs to know is not read by each. */
export function shortMemory<T>(read: (key: string) => Promise<T>) {
  // Not a Map, whose first key is looked for past all that were deleted before it.
  const kept = new LRUCache<string, { until: number; answer: Promise<T> }>({ max: MOST_KEPT });

  function readAnew(key: string): Promise<T> {
    const answer = read(key);
    kept.set(key, { until: performance.now() + KEPT_MS, answer });
    // A failure is of the moment; the next request asks again.
    answer.catch(() => kept.delete(key));
    return answer;
  }

  return {
    of(key: string): Promise<T> {
      const known = kept.get(key);
      return known && known.until > performance.now() ? known.answer : readAnew(key);
    },

    /** What is asked next is read anew. */
    forget(): void {
      kept.clear();
    },
  };
}
