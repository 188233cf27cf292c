import { collectDefaultMetrics, Registry } from 'prom-client';

/** Of the process, however many shops it runs: what observes collections and the event loop cannot be ended. */
const own = new Registry();
collectDefaultMetrics({ register: own });

/** Has a registry tell what prom-client measures of a Node.js process, too. */
export function processMetrics(registry: Registry): void {
  // Each registry has its own name for a counter, by the format that it speaks.
  for (const metric of own.getMetricsAsArray()) registry.registerMetric(Object.create(metric));
}
