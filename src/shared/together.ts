import { setImmediate } from 'node:timers/promises';

/**
 * Reads by key for many who ask at the same time: those who ask in one turn of the event loop are read for together, and
 * so are those who come meanwhile, after that. A key that is not found gives null.
 */
export function readTogether<T>(
  readAll: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): (key: string) => Promise<T | null> {
  let waiting = new Map<string, PromiseWithResolvers<T | null>>();
  let isReading = false;

  async function read(): Promise<void> {
    if (isReading) return;
    isReading = true;
    while (waiting.size > 0) {
      await setImmediate();
      const asked = waiting;
      waiting = new Map();
      try {
        const found = await readAll([...asked.keys()]);
        for (const [key, { resolve }] of asked) resolve(found.get(key) ?? null);
      } catch (error) {
        for (const { reject } of asked.values()) reject(error);
      }
    }
    isReading = false;
  }

  return (key) => {
    const asked = waiting.get(key) ?? Promise.withResolvers<T | null>();
    waiting.set(key, asked);
    void read();
    return asked.promise;
  };
}
