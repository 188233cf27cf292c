import { sql } from 'kysely';
import type { Check } from './audit.model.ts';

/** Invariant 5, on its way out: every event is in line, and each consumer applied what it was given in that order. */
export const streamChecks: readonly Check[] = [
  {
    name: 'events-in-sequence',
    severity: 'finding',
    claim: 'the events of a stream are numbered from 1 without a gap',
    offenders: sql`
      WITH written AS (
        SELECT stream_id AS id, count(*) AS events, max(sequence) AS last
        FROM outbox_events GROUP BY stream_id
      )
      SELECT 'stream ' || id AS subject,
        format('%s events, the last is %s, counted to %s', coalesce(events, 0), coalesce(last, 0),
          coalesce(last_sequence, 0)) AS detail
      FROM event_streams FULL JOIN written USING (id)
      WHERE events IS DISTINCT FROM last_sequence OR last IS DISTINCT FROM last_sequence`,
  },
  {
    name: 'events-applied-in-order',
    severity: 'finding',
    claim: 'a consumer applied the events of a stream in their order, and none that does not exist',
    offenders: sql`
      WITH applied AS (
        SELECT *, lag(sequence) OVER (PARTITION BY consumer, stream_id ORDER BY position) AS before
        FROM inbox_events
      )
      SELECT 'event ' || event_id AS subject,
        format('%s applied number %s of stream %s after %s', consumer, applied.sequence, applied.stream_id,
          coalesce(before, 0)) AS detail
      FROM applied LEFT JOIN outbox_events ON outbox_events.id = event_id
      WHERE outbox_events.id IS NULL
        -- One that was given up on, after ten attempts, and sent again comes out of its turn.
        OR (before > applied.sequence AND outbox_events.attempts < 10)`,
  },
  {
    name: 'events-sent-in-time',
    severity: 'warning',
    claim: 'no event waits five minutes to be sent on',
    offenders: sql`
      SELECT 'event ' || id AS subject,
        format('%s of %s, %s attempts: %s', type, occurred_at, attempts, coalesce(last_error, 'not tried')) AS detail
      FROM outbox_events
      WHERE published_at IS NULL AND dead_at IS NULL AND occurred_at < now() - interval '5 minutes'
      UNION ALL
      SELECT 'event ' || waiting.id, format('%s of %s for the broker, %s attempts: %s', type, occurred_at,
        waiting.attempts, coalesce(waiting.last_error, 'not tried'))
      FROM broker_events AS waiting JOIN outbox_events USING (id)
      WHERE waiting.published_at IS NULL AND waiting.dead_at IS NULL
        AND occurred_at < now() - interval '5 minutes'`,
  },
  {
    name: 'events-given-up',
    severity: 'warning',
    claim: 'no event was given up on',
    offenders: sql`
      SELECT 'event ' || id AS subject, format('%s: %s', type, coalesce(last_error, '')) AS detail
      FROM outbox_events WHERE dead_at IS NOT NULL
      UNION ALL
      SELECT 'event ' || dead.id, format('%s for the broker: %s', type, coalesce(dead.last_error, ''))
      FROM broker_events AS dead JOIN outbox_events USING (id) WHERE dead.dead_at IS NOT NULL`,
  },
];
