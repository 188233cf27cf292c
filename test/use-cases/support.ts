import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { inTransaction } from '../../src/database/database.ts';
import { eventsOf } from '../../src/events/outbox.ts';
import { createProduct } from '../../src/modules/catalog/write-product.service.ts';
import { createSpareNumbers } from '../../src/modules/orders/order-numbers.ts';
import type { Order } from '../../src/modules/orders/orders.model.ts';
import { expireOrders } from '../../src/modules/orders/orders.service.ts';
import { placeOrders } from '../../src/modules/orders/place-order.service.ts';
import type { PlaceOrder } from '../../src/modules/orders/price-orders.service.ts';
import { type Captured, settleCaptured } from '../../src/modules/payments/settle.service.ts';
import { newId } from '../../src/shared/ids.ts';
import type { Money } from '../../src/shared/money.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createDatabase } from '../support/database.ts';

type Counted =
  | 'revenue'
  | 'productsSold'
  | 'purchaseSteps'
  | 'refunds'
  | 'paymentsFailed'
  | 'ledgerRepaired';
export type BareShop = Awaited<ReturnType<typeof openBareShop>>;

/** A shop without HTTP, worker and Stripe: its use cases, on a database of their own. */
export async function openBareShop() {
  const { url, db, drop } = await createDatabase();
  const metrics = createMetrics();

  /** A product for sale with variants at prices in USD cents, `stock` units of each; the ids of product and variants. */
  async function product({
    prices = [1000],
    currency = 'USD',
    stock = 10,
    inventoryPolicy = 'deny' as 'deny' | 'continue',
    status = 'active' as 'active' | 'draft',
  } = {}) {
    const variants = prices.map((amount, index) => ({
      ...{ price: { amount, currency }, stock, inventoryPolicy, sku: `sku-${index}` },
      options: { Size: `${index}` },
    }));
    const made = await createProduct(
      db,
      { title: `Product ${randomUUID()}`, status, variants },
      null,
    );
    const ids = made.variants.map(({ id }) => id);
    return { id: made.id, variantId: ids[0] ?? '', variantIds: ids };
  }

  /** The id of somebody new. */
  async function person(role: 'customer' | 'admin' = 'customer'): Promise<string> {
    const id = newId();
    const email = `${id}@example.test`;
    await db
      .insertInto('users')
      .values({ id, email, name: 'Ada', role, password_hash: 'x' })
      .execute();
    return id;
  }

  /** A request for an order by somebody new, of one unit of a new product where nothing else is said. */
  async function request(given: Partial<PlaceOrder> = {}): Promise<PlaceOrder> {
    return {
      customerId: given.customerId ?? (await person()),
      email: 'ada@example.test',
      items: given.items ?? [{ variantId: (await product()).variantId, quantity: 1 }],
      ...{ shippingAddress: null, claim: null, answersClaim: true },
      cause: { correlationId: null, traceparent: null },
      ...given,
    };
  }

  function placeAll(
    requests: readonly PlaceOrder[],
    reservationSeconds = 900,
    spareNumbers = createSpareNumbers(),
  ) {
    const options = { reservationSeconds, spareNumbers };
    return inTransaction(db, (tx) => placeOrders(tx, requests, options));
  }

  /** A pending order. */
  async function order(given: Partial<PlaceOrder> = {}): Promise<Order> {
    const [placement] = await placeAll([await request(given)]);
    if (placement?.kind !== 'placed') throw new Error(`not placed: ${JSON.stringify(placement)}`);
    return placement.order;
  }

  /** What became of money that Stripe captured for an order, on a page of its own. */
  function capture({ id, total }: Pick<Order, 'id' | 'total'>, given: Partial<Captured> = {}) {
    const money = { orderId: id, checkoutId: newId(), paymentIntent: `pi_${newId()}`, ...total };
    return inTransaction(db, (tx) => settleCaptured(tx, { ...money, ...given }));
  }

  return {
    ...{ url, db, drop, metrics, product, person, request, placeAll, order, capture },

    /** An order that was paid by card. */
    async paid(given: Partial<PlaceOrder> = {}): Promise<Order> {
      const placed = await order(given);
      await capture(placed);
      return placed;
    },

    /** Lets the reservation of an order run out, and expires it where `sweep` is not left out. */
    async expire({ id }: { id: string }, { sweep = true } = {}): Promise<void> {
      const reserved_until = sql<Date>`now() - interval '1 second'`;
      await db.updateTable('orders').set({ reserved_until }).where('id', '=', id).execute();
      if (sweep) await expireOrders(db, 1000);
    },

    /** Units on hand and reserved of a variant, as `10/1`. */
    async stock(variantId: string): Promise<string> {
      const { on_hand, reserved } = await db
        .selectFrom('stock_levels')
        .select(['on_hand', 'reserved'])
        .where('variant_id', '=', variantId)
        .executeTakeFirstOrThrow();
      return `${on_hand}/${reserved}`;
    },

    /** The types of the events of a stream, in their order. */
    events: async (streamId: string) => (await eventsOf(db, streamId)).map(({ type }) => type),

    /** The data of the newest event of a type in a stream. */
    async eventData(streamId: string, type: string): Promise<unknown> {
      const { rows } = await sql<{ payload: unknown }>`
        SELECT payload FROM outbox_events WHERE stream_id = ${streamId} AND type = ${type}
        ORDER BY sequence DESC LIMIT 1`.execute(db);
      return rows[0]?.payload;
    },

    /** The jobs that wait and name something; with the key that keeps a second from waiting, where they have one. */
    async jobs(id: string): Promise<string[]> {
      const { rows } = await sql<{ task: string; key: string | null }>`
        SELECT task.identifier AS task, job.key FROM graphile_worker._private_jobs AS job
        JOIN graphile_worker._private_tasks AS task ON task.id = job.task_id
        WHERE strpos(job.payload::text, ${id}) > 0 ORDER BY job.id`.execute(db);
      return rows.map(({ task, key }) => (key === null ? task : `${task} ${key}`));
    },

    /** What was noted of something in the audit trail: acts with their details. */
    async noted(subject: string): Promise<[string, unknown][]> {
      const rows = await db
        .selectFrom('trail')
        .select(['act', 'detail'])
        .where('subject_id', '=', subject)
        .orderBy('position')
        .execute();
      return rows.map(({ act, detail }) => [act, detail]);
    },

    /** How an order's money moved: `capture: 1000 sales → stripe_balance`. */
    async money(orderId: string): Promise<string[]> {
      const rows = await db
        .selectFrom('ledger_transactions')
        .selectAll()
        .where('order_id', '=', orderId)
        .orderBy('id')
        .execute();
      return rows.map(
        (row) => `${row.kind}: ${row.amount} ${row.credit_account} → ${row.debit_account}`,
      );
    },

    /** What a counter says, of the label that is given. */
    async counted(name: Counted, label?: string): Promise<number> {
      const { values } = await metrics[name].get();
      const of = (labels: object) => label === undefined || Object.values(labels).includes(label);
      return values.reduce((sum, { labels, value }) => sum + (of(labels) ? value : 0), 0);
    },
  };
}

export const usd = (amount: number): Money => ({ amount, currency: 'USD' });
