import { sql } from 'kysely';
import { orderMailConsumer } from '../../src/modules/notifications/order-mails.service.ts';
import { webhookConsumer } from '../../src/modules/webhooks/deliver.service.ts';
import type { WorldCheck } from './violation.ts';

const consumers = [webhookConsumer, orderMailConsumer];

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
    async breaches({ tx, consumersSince }) {
      const missed: string[] = [];
      for (const { name, types } of consumers) {
        const { rows } = await sql<{ id: string; type: string }>`
          SELECT id, type FROM outbox_events
          WHERE (${types}::text[] IS NULL OR type = ANY(${types}::text[]))
            AND (${consumersSince}::timestamptz IS NULL OR occurred_at > ${consumersSince})
            AND NOT EXISTS (
              SELECT FROM inbox_events WHERE consumer = ${name} AND event_id = outbox_events.id)`.execute(
          tx,
        );
        missed.push(...rows.map(({ id, type }) => `${name} never applied ${type} ${id}`));
      }
      return missed;
    },
  },
];
