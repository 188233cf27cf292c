import { until } from '../../faults/wait.ts';
import { START_MS } from '../shop.ts';
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

/** Waits until no event waits to be sent on. */
export function eventsSent(server: Server): Promise<void> {
  return until(async () => (await readBooks(server)).waiting === 0, 'events sent on', START_MS);
}

/** Numbers that customers have in their mails are not given twice. */
export async function moveNumbersOn(restored: Server): Promise<void> {
  await restored.query(`SELECT setval('order_numbers', last_value + 1000) FROM order_numbers`);
}

/** What waits for a person, a line each. */
export async function openTasks(server: Server): Promise<string[]> {
  const rows = await server.query<{ kind: string; subject: string; title: string; detail: string }>(
    `SELECT kind, subject, title, detail FROM admin_tasks WHERE state = 'open' ORDER BY id`,
  );
  return rows.map(({ kind, subject, title, detail }) => `${kind} ${subject}: ${title}: ${detail}`);
}
