import { type Db, inSnapshot, type Tx } from '../../database/database.ts';
import { readInstances } from '../../database/instances.ts';
import { entriesOf, type StoryEntry, workEntry } from './entries.model.ts';
import { activityOf, findOrders } from './find-orders.repository.ts';
import {
  checkoutFacts,
  deliveryFacts,
  paymentFacts,
  refundFacts,
  stripeEventFacts,
} from './money-facts.repository.ts';
import {
  activityFacts,
  eventFacts,
  findingFacts,
  jobFacts,
  movementFacts,
  orderFacts,
  taskFacts,
} from './order-facts.repository.ts';
import type { Facts, FoundOrder, OpenCircuits, OrderFacts } from './story.model.ts';
import { troublesOf } from './trouble.model.ts';
import type { Trouble } from './trouble-kinds.model.ts';

/** All about one order: what is wrong now, and what happened, in time order. */
export interface Story {
  readonly order: OrderFacts;
  readonly troubles: readonly Trouble[];
  readonly entries: readonly StoryEntry[];
}

/** What a search found: one order with its story, several to choose from, or work that led to no order. */
export interface Search {
  readonly orders: readonly FoundOrder[];
  readonly story: Story | null;
  /** What was done under the correlation id that was searched for, where it led to no one order. */
  readonly work: readonly StoryEntry[];
}

/**
 * The story of the order that a text names: its number, its id, a correlation id, an id of Stripe's (cs_, pi_, re_,
 * evt_), or the id of a payment, refund, checkout, event or delivery of it. It reads, and writes nothing.
 */
export async function searchStory(
  db: Db,
  query: string,
  openCircuits: OpenCircuits,
): Promise<Search> {
  const text = query.trim().replace(/^(?:order\s*)?#?(?=\d+$)/i, '');
  return inSnapshot(db, async (tx) => {
    const orders = await findOrders(tx, text);
    const [only] = orders;
    if (only && orders.length === 1)
      return { orders, story: await storyOf(tx, only.id, openCircuits), work: [] };
    return { orders, story: null, work: (await activityOf(tx, text)).map(workEntry) };
  });
}

async function storyOf(tx: Tx, id: string, openCircuits: OpenCircuits): Promise<Story | null> {
  const facts = await gather(tx, id);
  if (facts === null) return null;
  return {
    order: facts.order,
    troubles: troublesOf(facts, openCircuits),
    entries: entriesOf(facts),
  };
}

async function gather(tx: Tx, id: string): Promise<Facts | null> {
  const found = await orderFacts(tx, id);
  if (!found) return null;
  const { now, ...order } = found;
  const [checkouts, payments, refunds] = [
    await checkoutFacts(tx, id),
    await paymentFacts(tx, id),
    await refundFacts(tx, id),
  ];
  const events = await eventFacts(tx, id);
  const objects = [
    ...checkouts.map(({ sessionId }) => sessionId),
    ...payments.map(({ providerPaymentId }) => providerPaymentId),
    ...refunds.map(({ providerRefundId }) => providerRefundId),
  ].filter((object) => object !== null);
  const ours = [id, ...refunds.map((refund) => refund.id)];
  const stripeEvents = await stripeEventFacts(tx, { ours, objects });
  const deliveries = await deliveryFacts(
    tx,
    events.map((event) => event.id),
  );
  const subjects = [...objects, ...ours, ...stripeEvents.map((event) => event.id)];
  return {
    now,
    order,
    checkouts,
    payments,
    refunds,
    events,
    stripeEvents,
    deliveries,
    activity: await activityFacts(tx, id),
    movements: await movementFacts(tx, id),
    jobs: await jobFacts(tx, [
      `close_checkouts:${id}`,
      ...checkouts.map((checkout) => `checkout:${checkout.id}`),
      ...refunds.map((refund) => `refund:${refund.id}`),
      ...stripeEvents.map((event) => `stripe_event:${event.id}`),
      ...events.map((event) => `order_mail:${event.id}`),
    ]),
    tasks: await taskFacts(tx, id, subjects),
    findings: await findingFacts(tx, id, subjects),
    instances: await readInstances(tx),
  };
}
