import type { metricKinds } from './metric-kinds.ts';

/** What was turned away so that the rest is served. */
export function trafficMetrics({ counter }: Pick<ReturnType<typeof metricKinds>, 'counter'>) {
  return {
    rateLimited: counter(
      'rate_limited_requests_total',
      'Requests refused because their customer, machine or network asked too often, by class of routes.',
      'class',
    ),
    shed: counter(
      'shed_requests_total',
      'Requests turned away because the process could not keep up, by reason: event_loop, pool.',
      'reason',
    ),
    connectionsRefused: counter(
      'http_connections_refused_total',
      'Connections refused before they were a request, by reason: malformed, too_large, too_slow, too_many.',
      'reason',
    ),
  };
}
