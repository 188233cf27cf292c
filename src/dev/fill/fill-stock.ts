import { idAt, idOf } from './numbers.ts';
import type { Run } from './run.ts';

/** Receives what the orders took, so that what was on hand beside them still is. */
export async function fillStock(run: Run, beginMs: number): Promise<void> {
  await run(
    `INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta, created_at)
     SELECT variant_id, 'receipt', sum(coalesce(shipped, 0) + coalesce(held, 0)), 0, to_timestamp($1 / 1000.0)
     FROM taken GROUP BY variant_id ORDER BY variant_id`,
    [beginMs],
  );
  await run(
    `UPDATE stock_levels SET on_hand = on_hand + sums.held, reserved = reserved + sums.held
     FROM (SELECT variant_id, sum(coalesce(held, 0)) AS held FROM taken GROUP BY variant_id) AS sums
     WHERE sums.variant_id = stock_levels.variant_id AND sums.held > 0`,
  );
}

const EVENT = `INSERT INTO outbox_events
  (id, aggregate_type, aggregate_id, type, payload, occurred_at, published_at, attempts, stream_id, sequence)`;

/** The events of products, customers and receipts of stock that came after what was there. */
export async function tellBeginnings(
  run: Run,
  there: { lastProduct: number; lastCustomer: number; lastMovement: number },
): Promise<void> {
  const { lastProduct, lastCustomer, lastMovement } = there;
  const id = (kind: string, n: string) => idAt('1700000000000', kind, n);
  const when = (of: string) => `${of}.created_at, ${of}.created_at, 1`;
  await run(
    `${EVENT}
     SELECT ${id('311', 'substr(slug, 9)::bigint')}, 'product', id, 'product.created',
       jsonb_build_object('slug', slug, 'title', title, 'status', status), ${when('products')}, id, 1
     FROM products WHERE slug ~ '^product-[0-9]{1,9}$' AND substr(slug, 9)::int > $1`,
    [lastProduct],
  );
  await run(
    `${EVENT}
     SELECT ${id('312', 'n')}, 'user', users.id, 'user.registered',
       jsonb_build_object('userId', users.id, 'role', role), ${when('users')}, users.id, 1
     FROM generate_series($1::int + 1, (SELECT count(*) FROM users)::int + $1::int) AS n
       JOIN users ON users.id = ${idOf('n', '200')}`,
    [lastCustomer],
  );
  await run(
    `WITH received AS (
       SELECT stock_movements.id AS movement, variant_id, kind, on_hand_delta, reason, created_at,
         coalesce(last_sequence, 0) + row_number() OVER (PARTITION BY variant_id ORDER BY stock_movements.id) AS nth
       FROM stock_movements LEFT JOIN event_streams ON event_streams.id = variant_id
       WHERE stock_movements.id > $1 AND kind = 'receipt' AND order_id IS NULL
     )
     ${EVENT}
     SELECT ${id('313', 'movement')}, 'stock', variant_id, 'stock.adjusted',
       jsonb_build_object('kind', kind, 'delta', on_hand_delta, 'reason', reason), ${when('received')}, variant_id, nth
     FROM received`,
    [lastMovement],
  );
  await run(
    `INSERT INTO event_streams (id, last_sequence)
     SELECT stream_id, max(sequence) FROM outbox_events
     WHERE type IN ('product.created', 'user.registered', 'stock.adjusted')
     GROUP BY stream_id
     ON CONFLICT (id) DO UPDATE SET last_sequence = greatest(event_streams.last_sequence, excluded.last_sequence)`,
  );
}
