import { sql } from 'kysely';
import type { WorldCheck } from './violation.ts';

/** What the merchant was owed against what arrived there. */
export const merchantChecks: readonly WorldCheck[] = [
  {
    name: 'merchant-got-every-event',
    async breaches({ tx, received, merchantSince }) {
      const { rows } = await sql<{ id: string; type: string }>`
        SELECT id, type FROM outbox_events WHERE occurred_at > ${merchantSince}
        UNION
        SELECT event_id, event_type FROM webhook_deliveries`.execute(tx);
      return rows
        .filter(({ id }) => !received.has(id))
        .map(({ id, type }) => `${type} ${id} never arrived at the merchant`);
    },
  },
  {
    name: 'deliveries-are-noted-as-delivered',
    async breaches({ tx }) {
      const { rows } = await sql<{ id: string; state: string; last_error: string | null }>`
        SELECT id, state, last_error FROM webhook_deliveries WHERE state <> 'delivered'`.execute(
        tx,
      );
      return rows.map(({ id, state, last_error }) => `delivery ${id}: ${state}, ${last_error}`);
    },
  },
];
