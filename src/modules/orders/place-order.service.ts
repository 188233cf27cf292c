import type { Tx } from '../../database/database.ts';
import { together } from '../../database/together.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import {
  type ClaimOutcome,
  findKeys,
  type IdempotencyClaim,
  keepKeys,
} from '../../http/idempotency.ts';
import { ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { type Cause, inSpan } from '../../telemetry/spans.ts';
import { allot, type Levels, type OrderLine } from '../inventory/inventory.model.ts';
import { holdLevels, take } from '../inventory/inventory.service.ts';
import {
  createSpareNumbers,
  type DrawnNumber,
  drawnNow,
  type SpareNumbers,
} from './order-numbers.ts';
import type { Order } from './orders.model.ts';
import { toOrder } from './orders.repository.ts';
import {
  begin,
  findOffers,
  holdCustomers,
  insertOrders,
  rowsOf,
} from './place-order.repository.ts';
import {
  type Draft,
  groupOffers,
  idsOf,
  type Offers,
  type PlaceOrder,
  type PricedOrder,
  price,
} from './price-orders.service.ts';

export type Placement =
  | { readonly kind: 'placed'; readonly order: Order }
  | { readonly kind: 'repeated'; readonly outcome: ClaimOutcome }
  | { readonly kind: 'refused'; readonly error: ShopError };

type Answers = Map<string, Placement>;
type Keys = Awaited<ReturnType<typeof findKeys>>;

interface Options {
  readonly reservationSeconds: number;
  /** Told once the stock is decided: whoever comes then waits for this transaction to end. */
  readonly onStockHeld?: () => void;
  /** Where numbers are taken from first, and those of refused orders left. */
  readonly spareNumbers?: SpareNumbers;
}

/**
 * Places many orders in one transaction and gives each its own answer: keys are looked for, lines priced by the
 * server, stock taken first come first served, and orders, lines, events and keys with their answers written, all with
 * set-based statements. `now` and prices are the transaction's. No two of the requests have one key. All that an answer
 * says is known before anything is written, so that what is written is sent together.
 * @param tx ends with this where it is one of `inFewTrips`.
 */
export async function placeOrders(
  tx: Tx,
  requests: readonly PlaceOrder[],
  { reservationSeconds, onStockHeld, spareNumbers = createSpareNumbers() }: Options,
): Promise<Placement[]> {
  // Not given back where this fails, as its commit may have happened.
  const spare = spareNumbers.take(requests.length);
  const drafts = requests.map((request) => ({ ...request, id: newId() }));
  const answers: Answers = new Map();
  const ids = idsOf(drafts);
  const [{ now, drawn }, customers, offers, levels, met] = await together(tx, (at) => [
    begin(at, requests.length - spare.length),
    holdCustomers(at, [...new Set(drafts.map(({ customerId }) => customerId))]),
    findOffers(at, ids),
    inSpan('reserve stock', { 'mainstay.batch.size': drafts.length }, () => holdLevels(at, ids)),
    // Last: a twin that was waited for, as it holds the same levels, has left its answer by then.
    findKeys(at, claimsOf(drafts)),
  ]);
  repeat(drafts, met, answers);
  const priced = priceAll(
    drafts.filter(({ id }) => !answers.has(id)),
    { customers, offers: groupOffers(offers) },
    answers,
  );
  const accepted = serve(priced, levels, answers);
  onStockHeld?.();

  const numbers = [...spare, ...drawnNow(drawn)];
  const reservedUntil = new Date(now.getTime() + reservationSeconds * 1000);
  const written = accepted.map((order, index) => {
    const { number } = numbers[index] as DrawnNumber;
    return rowsOf(order, { number, createdAt: now, reservedUntil });
  });
  const orders = written.map(({ row, items }) => toOrder(row, items));
  const events = orders.map((order, index) => placedEvent(order, accepted[index]?.cause));
  const keys = accepted.flatMap(({ id, claim, answersClaim }, index) => {
    const answer = answersClaim ? { status: 201, body: orders[index] } : null;
    return claim ? [{ claim, resourceId: id, answer }] : [];
  });
  await together(
    tx,
    (at) => [
      insertOrders(at, written, reservedUntil),
      take(tx, accepted.flatMap(unitsOf), at),
      recordEvents(at, events),
      keepKeys(at, keys),
    ],
    { last: true },
  );
  spareNumbers.giveBack(numbers.slice(accepted.length));
  for (const order of orders) answers.set(order.id, { kind: 'placed', order });
  return drafts.flatMap(({ id }) => answers.get(id) ?? []);
}

function claimsOf(drafts: readonly Draft[]): IdempotencyClaim[] {
  return drafts.flatMap(({ claim }) => claim ?? []);
}

/** Answers those whose key was used before as that says. */
function repeat(drafts: readonly Draft[], met: Keys, answers: Answers) {
  for (const { id, claim } of drafts) {
    const outcome = claim && met.get(claim);
    if (outcome instanceof ShopError) answers.set(id, { kind: 'refused', error: outcome });
    else if (outcome) answers.set(id, { kind: 'repeated', outcome });
  }
}

/** Gives the requests of people who are there the shop's own lines; refuses the others. */
function priceAll(
  drafts: readonly Draft[],
  { customers, offers }: { customers: ReadonlySet<string>; offers: Offers },
  answers: Answers,
): PricedOrder[] {
  return drafts.flatMap((draft) => {
    const result = customers.has(draft.customerId) ? price(draft, offers) : noAccount();
    if (!(result instanceof ShopError)) return result;
    answers.set(draft.id, { kind: 'refused', error: result });
    return [];
  });
}

/** Those for whom there is enough, in order of arrival; refuses the others. */
function serve(orders: readonly PricedOrder[], levels: Levels, answers: Answers): PricedOrder[] {
  const served = allot(levels, orders.flatMap(unitsOf));
  for (const { id } of orders)
    if (!served.has(id)) answers.set(id, { kind: 'refused', error: outOfStock() });
  return orders.filter(({ id }) => served.has(id));
}

function unitsOf({ id, lines }: PricedOrder): OrderLine[] {
  return lines.map(({ variantId, quantity }) => ({ orderId: id, variantId, quantity }));
}

function placedEvent(order: Order, cause: Cause | undefined) {
  const { id, number, total } = order;
  const items = order.items.map(({ variantId, quantity }) => ({ variantId, quantity }));
  return { ...event('order.placed', id, { number, total, items }), ...(cause && { cause }) };
}

function noAccount(): ShopError {
  return new ShopError('unauthenticated', 'This account does not exist any more.');
}

function outOfStock(): ShopError {
  return new ShopError(
    'insufficient_stock',
    'There is not enough in stock for this order; nothing was reserved.',
  );
}
