import type { Registry } from 'prom-client';
import type { MetricKinds } from './metric-kinds.ts';
import { requestTallies } from './request-tallies.ts';

/** What is kept in memory, by what came of asking for it. */
export interface KeptCounts {
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
  const watchKept = (total: string, bytes: string, what: string) => {
    let see = (): KeptCounts => ({ remembered: 0, joined: 0, shared: 0, loaded: 0, bytes: 0 });
    count(
      total,
      `${what}, by where they came from: remembered, joined (a load under way), shared (by another process), loaded.`,
      'from',
      () => {
        const { bytes: _bytes, ...counts } = see();
        return counts;
      },
    );
    read(bytes, `Memory for what ${total} counts, in bytes.`, function collect() {
      this.set(see().bytes);
    });
    return (counts: () => KeptCounts): void => {
      see = counts;
    };
  };
  return {
    /** Says how to see the answers that are kept. */
    watchAnswers: watchKept(
      'http_kept_answers_total',
      'http_kept_answers_bytes',
      'Answers of the catalogue to visitors',
    ),
    /** The same of what pages show, which is never shared. */
    watchReadings: watchKept(
      'http_kept_readings_total',
      'http_kept_readings_bytes',
      'Readings of what pages show every visitor alike',
    ),
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
