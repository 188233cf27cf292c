import type { Registry } from 'prom-client';
import type { MetricKinds } from './metric-kinds.ts';
import { requestTallies } from './request-tallies.ts';

/** Answers that are kept in memory. */
export interface AnswerCounts {
  readonly remembered: number;
  /** Waited for a load that was under way. */
  readonly joined: number;
  /** Another process had loaded them. */
  readonly shared: number;
  readonly loaded: number;
  readonly bytes: number;
}

/** Requests, and what was turned away so that the rest is served. */
export function trafficMetrics({ counter, count, gauge, read }: MetricKinds, registry: Registry) {
  let answers = (): AnswerCounts => ({ remembered: 0, joined: 0, shared: 0, loaded: 0, bytes: 0 });
  count(
    'http_kept_answers_total',
    'Answers of the catalogue to visitors, by where they came from: remembered, joined (a load under way), shared (by another process), loaded.',
    'from',
    () => {
      const { bytes: _bytes, ...counts } = answers();
      return counts;
    },
  );
  read(
    'http_kept_answers_bytes',
    'Memory for answers that are kept, in bytes.',
    function collect() {
      this.set(answers().bytes);
    },
  );
  return {
    /** Says how to see the answers that are kept. */
    watchAnswers(see: () => AnswerCounts): void {
      answers = see;
    },
    httpRequests: requestTallies(registry),
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
