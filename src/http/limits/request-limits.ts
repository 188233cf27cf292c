import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Limits } from './gcra.ts';
import { localLimits } from './local-limits.ts';
import { redisLimits } from './redis-limits.gateway.ts';

export interface RequestLimits extends Limits {
  close(): void;
}

/** Some 15 MB at most. Who has more addresses than this has more than one limit anyway. */
const CAPACITY = 100_000;
const PROBE_MS = 1000;
const [CLOSED, OPEN] = [0, 2];

/**
 * Limits of requests: of this process alone, or, where a Redis is named, of all processes on it. While Redis is lost
 * each process limits by itself, at once: no request fails or waits for it. It is asked again every second.
 */
export function createRequestLimits({
  redisUrl,
  logger,
  metrics,
}: {
  redisUrl: string | null;
  logger: Logger;
  metrics: Pick<Metrics, 'dependencyCircuit'>;
}): RequestLimits {
  const local = localLimits({ capacity: CAPACITY });
  if (redisUrl === null) return { take: local.take, close: () => undefined };

  let lost = false;
  let probing: NodeJS.Timeout | undefined;
  const state = (value: number) => metrics.dependencyCircuit.set({ dependency: 'redis' }, value);
  const lose = (error: Error): void => {
    if (lost) return;
    lost = true;
    state(OPEN);
    logger.warn({ err: error }, 'Redis is lost: each process limits requests by itself');
    probing = setInterval(probe, PROBE_MS);
    probing.unref();
  };
  const shared = redisLimits(redisUrl, { onTrouble: lose });
  state(CLOSED);

  async function probe(): Promise<void> {
    if (!shared.isConnected()) return;
    await shared.ping().then(
      () => {
        if (!lost) return;
        lost = false;
        clearInterval(probing);
        state(CLOSED);
        logger.info('Redis is back: processes share their limits again');
      },
      () => undefined,
    );
  }

  return {
    take(key, rate) {
      if (lost || !shared.isConnected()) return local.take(key, rate);
      return shared.take(key, rate).catch((error: Error) => {
        lose(error);
        return local.take(key, rate);
      });
    },
    close() {
      clearInterval(probing);
      // Nothing is lost that anybody should hear of.
      lost = true;
      shared.close();
    },
  };
}
