import { sql } from 'kysely';
import type { WorldCheck } from './violation.ts';

/** The outbox, what became of it, and what consumers made of that. */
export const eventChecks: readonly WorldCheck[] = [
  {
    name: 'streams-have-no-gap',
    async breaches({ tx }) {
      const { rows } = await sql<{ id: string; last: number; events: number; highest: number }>`
        SELECT coalesce(event_streams.id, told.stream_id) AS id, coalesce(last_sequence, 0) AS last,
          coalesce(events, 0) AS events, coalesce(highest, 0) AS highest
        FROM event_streams FULL JOIN (
          SELECT stream_id, count(*) AS events, max(sequence) AS highest
          FROM outbox_events GROUP BY stream_id) AS told ON told.stream_id = event_streams.id
        WHERE last_sequence IS DISTINCT FROM events OR highest IS DISTINCT FROM events`.execute(tx);
      return rows.map(
        ({ id, last, events, highest }) =>
          `stream ${id}: numbered up to ${last}, has ${events} events, the highest ${highest}`,
      );
    },
  },
  {
    name: 'every-event-was-sent-on',
    async breaches({ tx }) {
      const { rows } = await sql<{ id: string; type: string; last_error: string | null }>`
        SELECT id, type, last_error FROM outbox_events
        WHERE published_at IS NULL OR dead_at IS NOT NULL`.execute(tx);
      return rows.map(({ id, type, last_error }) => `event ${id} (${type}): ${last_error ?? ''}`);
    },
  },
  {
    name: 'consumers-apply-in-order',
    async breaches({ tx }) {
      const { rows } = await sql<{ consumer: string; event_id: string; sequence: number }>`
        SELECT consumer, event_id, sequence FROM (
          SELECT consumer, event_id, sequence,
            lag(sequence) OVER (PARTITION BY consumer, stream_id ORDER BY position) AS before
          FROM inbox_events) AS applied
        WHERE before > sequence`.execute(tx);
      return rows.map(
        ({ consumer, event_id, sequence }) =>
          `${consumer} applied event ${event_id} (${sequence}) after a later one`,
      );
    },
  },
  {
    name: 'consumers-miss-nothing',
    async breaches({ tx }) {
      // What a consumer wants is what it ever took: a kind of which it missed one is seen by the others.
      const { rows } = await sql<{ consumer: string; id: string; type: string }>`
        WITH applied AS (
          SELECT consumer, event_id, type FROM inbox_events JOIN outbox_events ON id = event_id
        ), wanted AS (SELECT DISTINCT consumer, type FROM applied)
        SELECT consumer, id, type FROM wanted JOIN outbox_events USING (type)
        WHERE NOT EXISTS (
          SELECT FROM inbox_events WHERE consumer = wanted.consumer AND event_id = outbox_events.id)`.execute(
        tx,
      );
      return rows.map(({ consumer, id, type }) => `${consumer} never applied ${type} ${id}`);
    },
  },
];
