import { CIRCUIT } from '../telemetry/dependency-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type WatchedRedis, watchRedis } from './redis.gateway.ts';

/** Connects to the Redis that processes of a shop share, and reports when it is lost and back. */
export function openRedis(
  url: string,
  shop: string,
  { logger, metrics }: { logger: Logger; metrics: Pick<Metrics, 'dependencyCircuit'> },
): WatchedRedis {
  const redis = watchRedis(url, shop);
  const state = (value: number) => metrics.dependencyCircuit.set({ dependency: 'redis' }, value);
  state(CIRCUIT.closed);
  redis.follow({
    onLost(error) {
      state(CIRCUIT.open);
      logger.warn({ err: error }, 'Redis is lost: each process limits and remembers by itself');
    },
    onStillLost(error) {
      logger.warn({ err: error }, 'Redis is still lost');
    },
    onBack() {
      state(CIRCUIT.closed);
      logger.info('Redis is back: processes share their limits and what they remember again');
    },
  });
  return redis;
}
