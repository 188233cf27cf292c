import { sql } from 'kysely';
import type { WorldCheck } from './violation.ts';

/** Nothing appears, nothing vanishes. */
export const stockChecks: readonly WorldCheck[] = [
  {
    name: 'received-is-on-hand-or-sent',
    async breaches({ tx }) {
      const { rows } = await sql<{ id: string; received: number; on_hand: number; sent: number }>`
        SELECT variant_id AS id, on_hand,
          (SELECT coalesce(sum(on_hand_delta), 0) FROM stock_movements
            WHERE variant_id = stock_levels.variant_id AND kind IN ('receipt', 'adjustment')) AS received,
          (SELECT coalesce(sum(quantity), 0) FROM order_items JOIN orders ON orders.id = order_id
            WHERE variant_id = stock_levels.variant_id AND status IN ('fulfilled', 'delivered')) AS sent
        FROM stock_levels`.execute(tx);
      return rows
        .filter(({ received, on_hand, sent }) => received !== on_hand + sent)
        .map(
          ({ id, received, on_hand, sent }) =>
            `variant ${id}: ${received} received, ${on_hand} on hand, ${sent} sent`,
        );
    },
  },
  {
    name: 'acknowledged-adjustments-exist-once',
    async breaches({ tx, history }) {
      const { rows } = await sql<{ reason: string; delta: number; times: number }>`
        SELECT reason, sum(on_hand_delta) AS delta, count(*) AS times FROM stock_movements
        WHERE kind IN ('receipt', 'adjustment') GROUP BY reason`.execute(tx);
      const made = new Map(rows.map((row) => [row.reason, row]));
      return [...history.adjustings.values()].flatMap(({ reason, variantId, delta, outcome }) => {
        const { times = 0, delta: moved = 0 } = made.get(reason) ?? {};
        const least = outcome === 'done' ? 1 : 0;
        const most = outcome === 'refused' ? 0 : 1;
        return times < least || times > most || (times === 1 && moved !== delta)
          ? [
              `adjustment ${reason} of ${variantId} by ${delta} (${outcome}): ${times} times, ${moved}`,
            ]
          : [];
      });
    },
  },
];
