import type { Server } from './server.ts';

/** What the shop's database holds of its orders at a moment. */
export interface Books {
  readonly orders: ReadonlyMap<string, { readonly status: string; readonly refunded: number }>;
  readonly lines: number;
  readonly payments: number;
  readonly movements: number;
  readonly events: number;
  /** Events that nobody was told of yet. */
  readonly waiting: number;
}

export async function readBooks(server: Server): Promise<Books> {
  const orders = await server.query<{ id: string; status: string; refunded: string }>(
    'SELECT id, status, refunded_total AS refunded FROM orders ORDER BY id',
  );
  const [counts] = await server.query<Record<string, number>>(`
    SELECT (SELECT count(*)::int FROM order_items) AS lines,
      (SELECT count(*)::int FROM payments) AS payments,
      (SELECT count(*)::int FROM ledger_transactions) AS movements,
      (SELECT count(*)::int FROM outbox_events) AS events,
      (SELECT count(*)::int FROM outbox_events WHERE published_at IS NULL) AS waiting`);
  const { lines = 0, payments = 0, movements = 0, events = 0, waiting = 0 } = counts ?? {};
  return {
    orders: new Map(
      orders.map(({ id, status, refunded }) => [id, { status, refunded: Number(refunded) }]),
    ),
    ...{ lines, payments, movements, events, waiting },
  };
}
