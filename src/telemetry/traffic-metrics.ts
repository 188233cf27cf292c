import type { metricKinds } from './metric-kinds.ts';

/** What was turned away so that the rest is served. */
export function trafficMetrics({ counter }: Pick<ReturnType<typeof metricKinds>, 'counter'>) {
  return {
    rateLimited: counter(
      'rate_limited_requests_total',
      'Requests refused because their customer, machine or network asked too often, by class of routes.',
      'class',
    ),
  };
}
