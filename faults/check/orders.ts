import { sql } from 'kysely';
import type { Placing } from '../load/history.ts';
import type { WorldCheck } from './violation.ts';

interface StoredOrder {
  readonly id: string;
  readonly total: number;
  readonly key: string | null;
  /** `variant×quantity@price`, sorted. */
  readonly lines: readonly string[];
}

/** Orders as clients know them against orders as they are. */
export const orderChecks: readonly WorldCheck[] = [
  {
    name: 'acknowledged-orders-exist',
    async breaches({ tx, history }) {
      const stored = new Map((await storedOrders(tx)).map((order) => [order.id, order]));
      return [...history.placings.values()].flatMap((placing) => differs(placing, stored));
    },
  },
  {
    name: 'one-order-per-key',
    async breaches({ tx, history }) {
      const byKey = Map.groupBy(await storedOrders(tx), ({ key }) => key ?? 'none');
      const twice = [...byKey].filter(([, orders]) => orders.length > 1);
      const answers = [...history.placings.values()].filter(({ orderIds }) => orderIds.size > 1);
      return [
        ...twice.map(([key, orders]) => `key ${key} made ${orders.map(({ id }) => id).join(', ')}`),
        ...answers.map(({ key, orderIds }) => `key ${key} was answered with ${[...orderIds]}`),
      ];
    },
  },
  {
    name: 'refused-orders-do-not-exist',
    async breaches({ tx, history }) {
      const keys = new Set((await storedOrders(tx)).map(({ key }) => key));
      return [...history.placings.values()]
        .filter(({ outcome, key }) => outcome === 'refused' && keys.has(key))
        .map(({ key }) => `key ${key} was refused, and has an order`);
    },
  },
  {
    name: 'orders-were-asked-for',
    async breaches({ tx, history }) {
      return (await storedOrders(tx))
        .filter(({ key }) => key === null || !history.placings.has(key))
        .map(({ id }) => `order ${id} was asked for by nobody`);
    },
  },
  {
    name: 'acknowledged-refunds-exist-once',
    async breaches({ tx, history }) {
      const { rows } = await sql<{ id: string; reason: string }>`
        SELECT id, reason FROM refunds WHERE origin = 'admin'`.execute(tx);
      const byKey = Map.groupBy(rows, ({ reason }) => reason);
      return [...history.refundings.values()].flatMap(({ key, outcome, refundIds }) => {
        const ids = (byKey.get(key) ?? []).map(({ id }) => id);
        const known = [...refundIds];
        if (ids.length > 1 || known.length > 1)
          return [`key ${key} made refunds ${new Set([...ids, ...known])}`];
        if (outcome === 'done' && ids[0] !== known[0])
          return [`refund ${known[0]} was acknowledged, there is ${ids[0] ?? 'none'}`];
        return [];
      });
    },
  },
];

async function storedOrders(tx: Parameters<WorldCheck['breaches']>[0]['tx']) {
  const { rows } = await sql<StoredOrder>`
    SELECT id, total, shipping_address ->> 'name' AS key, array(
      SELECT format('%s×%s@%s', variant_id, quantity, unit_price) FROM order_items
      WHERE order_id = orders.id ORDER BY 1) AS lines
    FROM orders`.execute(tx);
  return rows;
}

function differs({ order, key }: Placing, stored: ReadonlyMap<string, StoredOrder>): string[] {
  if (!order) return [];
  const found = stored.get(order.id);
  if (!found) return [`order ${order.id} (key ${key}) was acknowledged and does not exist`];
  const lines = order.lines
    .map(({ variantId, quantity, unitPrice }) => `${variantId}×${quantity}@${unitPrice}`)
    .sort();
  if (found.total !== order.total)
    return [`order ${order.id} was acknowledged for ${order.total}, it is ${found.total}`];
  if (lines.join() !== [...found.lines].sort().join())
    return [`order ${order.id} was acknowledged with ${lines}, it has ${found.lines}`];
  return [];
}
