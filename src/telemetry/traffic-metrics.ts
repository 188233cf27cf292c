import { Histogram, type Registry } from 'prom-client';
import type { MetricKinds } from './metric-kinds.ts';

/** The edges that OpenTelemetry gives HTTP durations. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Requests, and what was turned away so that the rest is served. */
export function trafficMetrics({ counter, gauge }: MetricKinds, registry: Registry) {
  return {
    httpRequestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last byte of its response, in seconds.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: DURATIONS,
      enableExemplars: true,
      registers: [registry],
    }),
    httpRequests: counter('http_requests_total', 'Requests answered.', 'method', 'route', 'status'),
    httpInFlight: gauge('http_in_flight_requests', 'Requests being handled now.'),
    apiErrors: counter('api_errors_total', 'Error responses, by problem code.', 'route', 'code'),
    idempotencyReplays: counter(
      'idempotency_replays_total',
      'Answers given again for an Idempotency-Key that was answered before.',
    ),
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
