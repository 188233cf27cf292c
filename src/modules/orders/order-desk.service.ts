import { setImmediate } from 'node:timers/promises';
import type { Db } from '../../database/database.ts';
import { isDatabaseTrouble, isUnreachable } from '../../database/failures.ts';
import { inFewTrips } from '../../database/together.ts';
import type { ClaimOutcome, IdempotencyClaim } from '../../http/idempotency.ts';
import { ShopError } from '../../shared/errors.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { contextOf, currentCause, inSpan, linksTo } from '../../telemetry/spans.ts';
import { createSpareNumbers } from './order-numbers.ts';
import type { Order } from './orders.model.ts';
import { type Placement, placeOrders } from './place-order.service.ts';
import type { PlaceOrder } from './price-orders.service.ts';

interface Waiting {
  readonly request: PlaceOrder;
  /** The same for twins alone; null without an Idempotency-Key. */
  readonly key: string | null;
  readonly resolve: (placement: Placement) => void;
  readonly reject: (error: unknown) => void;
}

/** A placed order, or what an earlier request with the same key left. */
export type Placed =
  | { readonly kind: 'placed'; readonly order: Order }
  | { readonly kind: 'repeated'; readonly outcome: ClaimOutcome };

export interface OrderDesk {
  /** Places an order. @throws ShopError as placeOrders refuses; service_unavailable when too many wait. */
  place(request: Omit<PlaceOrder, 'cause'>): Promise<Placed>;
}

const LARGEST_BATCH = 200;
const ANSWERED_IN_A_TURN = 8;
/** While one writes what it accepted and commits, the next one reads, and waits for the stock that both want. */
const BATCHES_AT_ONCE = 2;
/** How many must wait for a second one: a batch costs some milliseconds of processor, however small, and a flush. */
const WORTH_ANOTHER = 64;
/** What ten batches place; whoever comes after would wait longer than it takes to come again. */
const MOST_WAITING = 2000;

/**
 * Gathers the orders that arrive while the previous batch is at work and places them together: one flush for many.
 * When idle an order goes alone at once. A batch begins once the one before it has its stock, so that whoever came
 * first gets the last unit.
 */
export function createOrderDesk(
  db: Db,
  { reservationSeconds, metrics }: { reservationSeconds: number; metrics: Metrics },
): OrderDesk {
  let queue: Waiting[] = [];
  let atWork = 0;
  let isStockAwaited = false;
  const keysAtWork = new Set<string>();
  const spareNumbers = createSpareNumbers();

  function work(): void {
    if (isStockAwaited || atWork === BATCHES_AT_ONCE) return;
    if (atWork > 0 && queue.length < WORTH_ANOTHER) return;
    const batch = nextBatch();
    if (batch.length === 0) return;
    atWork += 1;
    isStockAwaited = true;
    let isNextLetIn = false;
    const letNextIn = () => {
      if (isNextLetIn) return;
      isNextLetIn = true;
      isStockAwaited = false;
      work();
    };
    void placeBatch(batch, letNextIn).then(() => {
      atWork -= 1;
      for (const { key } of batch) if (key !== null) keysAtWork.delete(key);
      letNextIn();
      work();
    });
  }

  /** The oldest waiting requests; a twin of one at work waits until that is done, to see what it left. */
  function nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const waiting of queue) {
      const { key } = waiting;
      const now = batch.length < LARGEST_BATCH && (key === null || !keysAtWork.has(key));
      if (now && key !== null) keysAtWork.add(key);
      (now ? batch : rest).push(waiting);
    }
    queue = rest;
    return batch;
  }

  /** Answers a batch; returns the database's trouble where it could not be placed. */
  async function placeBatch(batch: readonly Waiting[], onStockHeld: () => void): Promise<unknown> {
    try {
      void answer(batch, await attempt(batch, onStockHeld));
      return null;
    } catch (error) {
      const trouble = isDatabaseTrouble(error);
      if (!trouble && batch.length > 1) return placeOneByOne(batch);
      // The commit may have happened: only clients, by their keys, can safely ask again.
      rejectAll(batch, error);
      if (isUnreachable(error)) rejectAll(queue.splice(0), error);
      return trouble ? error : null;
    }
  }

  /** A few in each turn of the event loop, so that what PostgreSQL says to the batch after it is heard between them. */
  async function answer(batch: readonly Waiting[], placements: readonly Placement[]) {
    for (const [index, { resolve }] of batch.entries()) {
      if (index > 0 && index % ANSWERED_IN_A_TURN === 0) await setImmediate();
      resolve(placements[index] as Placement);
    }
  }

  /** One bad request must not fail its neighbours: each gets its own transaction and its own error. */
  async function placeOneByOne(batch: readonly Waiting[]): Promise<unknown> {
    for (const [index, waiting] of batch.entries()) {
      const trouble = await placeBatch([waiting], () => {});
      if (trouble === null) continue;
      rejectAll(batch.slice(index + 1), trouble);
      return trouble;
    }
    return null;
  }

  /** In the trace of the first request; those of the others are linked. */
  function attempt(batch: readonly Waiting[], onStockHeld: () => void): Promise<Placement[]> {
    const requests = batch.map(({ request }) => request);
    const options = { reservationSeconds, onStockHeld, spareNumbers };
    const [first, ...others] = requests.map(({ cause }) => cause.traceparent);
    return inSpan(
      'place orders',
      { 'mainstay.batch.size': batch.length },
      () => inFewTrips(db, (tx) => placeOrders(tx, requests, options)),
      { parent: contextOf(first ?? null), links: others.flatMap(linksTo) },
    );
  }

  function countOrder({ currency }: Order): void {
    metrics.ordersCreated.inc({ currency });
    metrics.purchaseSteps.inc({ step: 'order_placed' });
  }

  return {
    async place(request) {
      if (queue.length >= MOST_WAITING)
        throw new ShopError('service_unavailable', 'Too many orders are being placed right now.', {
          retryAfterSeconds: 2,
        });
      const placement = await new Promise<Placement>((resolve, reject) => {
        const key = keyOf(request.claim);
        queue.push({ request: { ...request, cause: currentCause() }, key, resolve, reject });
        work();
      });
      if (placement.kind === 'placed') countOrder(placement.order);
      if (placement.kind === 'placed' || placement.kind === 'repeated') return placement;
      metrics.ordersRefused.inc({ code: placement.error.code });
      throw placement.error;
    },
  };
}

function keyOf(claim: IdempotencyClaim | null): string | null {
  return claim && JSON.stringify([claim.actorId, claim.route, claim.key]);
}

function rejectAll(waiting: readonly Waiting[], error: unknown): void {
  for (const { reject } of waiting) reject(error);
}
