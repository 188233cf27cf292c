import { Registry } from 'prom-client';
import { backlogMetrics } from './backlog-metrics.ts';
import { databaseMetrics } from './database-metrics.ts';
import { dependencyMetrics } from './dependency-metrics.ts';
import { setFormat } from './exposition.ts';
import { flagMetrics } from './flag-metrics.ts';
import { metricKinds } from './metric-kinds.ts';
import { ownMetrics } from './own-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { replicaMetrics } from './replica-metrics.ts';
import { shopMetrics } from './shop-metrics.ts';
import { trafficMetrics } from './traffic-metrics.ts';
import { workMetrics } from './work-metrics.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Every metric of the shop, by name and unit. Labels are bounded: route templates, never raw paths or ids. */
export function createMetrics() {
  const registry = new Registry();
  // prom-client declares exemplars in no other format; each scrape gets the one it asks for.
  setFormat(registry, Registry.OPENMETRICS_CONTENT_TYPE);
  processMetrics(registry);
  const kinds = metricKinds(registry);
  ownMetrics(kinds);
  return {
    registry,
    ...databaseMetrics(kinds),
    ...replicaMetrics(kinds),
    ...backlogMetrics(kinds),
    ...trafficMetrics(kinds, registry),
    ...shopMetrics(kinds),
    ...workMetrics(kinds),
    ...flagMetrics(kinds),
    ...dependencyMetrics(kinds),
  };
}
