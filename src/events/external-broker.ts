import type { BrokerConfig } from '../config/broker.ts';
import { repeat } from '../shared/repeat.ts';
import { CIRCUIT } from '../telemetry/dependency-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Broker, ExternalBroker } from './broker.ts';

const PROBE_MS = 2000;
/** Longer than from one try to publish to the end of the next: where none came, another process does it. */
const TRIED_WITHIN_MS = 20_000;

/**
 * The broker that the configuration names; null where it names none. Its library is loaded here, so that a shop
 * without one never does.
 */
export async function openBroker(
  config: () => BrokerConfig | null,
  deps: { logger: Logger; metrics: Pick<Metrics, 'dependencyCircuit'> },
  triedWithinMs = TRIED_WITHIN_MS,
): Promise<Broker | null> {
  const first = config();
  if (first === null) return null;
  const gateway: ExternalBroker = await gatewayFor(first, config);
  return watched(gateway, deps, triedWithinMs);
}

async function gatewayFor(first: BrokerConfig, config: () => BrokerConfig | null) {
  if (first.protocol === 'kafka') {
    const { kafkaBroker } = await import('./kafka.gateway.ts');
    return kafkaBroker(() => current(config, first));
  }
  const { natsBroker } = await import('./nats.gateway.ts');
  return natsBroker(() => current(config, first));
}

/** Another password is taken up while the shop runs; another protocol waits for a restart. */
function current<C extends BrokerConfig>(config: () => BrokerConfig | null, first: C): C {
  const now = config();
  return now?.protocol === first.protocol ? (now as C) : first;
}

/**
 * Tells once that the broker is lost, and once that it is back: when it takes an event again. One that is full answers
 * all the same, so a process asks it only once it publishes no more itself.
 */
function watched(
  broker: ExternalBroker,
  { logger, metrics }: { logger: Logger; metrics: Pick<Metrics, 'dependencyCircuit'> },
  triedWithinMs: number,
): Broker {
  const state = (value: number) => metrics.dependencyCircuit.set({ dependency: 'broker' }, value);
  let lostAt: number | null = null;
  let failedAt = 0;
  const lose = (error: unknown): void => {
    failedAt = performance.now();
    if (lostAt !== null) return;
    lostAt = failedAt;
    state(CIRCUIT.open);
    logger.warn({ err: error }, 'the broker is lost: events wait in the database');
  };
  const find = (): void => {
    if (lostAt === null) return;
    const seconds = Math.round((performance.now() - lostAt) / 1000);
    lostAt = null;
    state(CIRCUIT.closed);
    logger.info({ seconds }, 'the broker is back: events are sent on');
  };
  const probing = repeat(
    PROBE_MS,
    async () => {
      if (lostAt !== null && performance.now() - failedAt > triedWithinMs)
        await broker.ping().then(find);
    },
    (error) => logger.debug({ err: error }, 'the broker does not answer'),
  );
  state(CIRCUIT.closed);
  return {
    async publish(events) {
      try {
        const answers = await broker.publish(events);
        find();
        return answers;
      } catch (error) {
        lose(error);
        throw error;
      }
    },
    async close() {
      await probing.stop();
      await broker.close();
    },
  };
}
