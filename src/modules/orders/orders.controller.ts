import type { Static } from 'typebox';
import type { Db, Tx } from '../../database/database.ts';
import type { Reads } from '../../database/replicas/reads.ts';
import { eventsOf } from '../../events/outbox.ts';
import type { Reply, Request } from '../../http/app-type.ts';
import { claimOf, replay } from '../../http/idempotency.ts';
import { ownerWithin, principalOf } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import { concerns } from '../../telemetry/context.ts';
import type { OrderDesk } from './order-desk.service.ts';
import type { Order } from './orders.model.ts';
import type { ListOrdersQuery, PlaceOrderBody, UpdateOrderBody } from './orders.schemas.ts';
import { cancelOrder, getOrder, listOrders, updateOrder } from './orders.service.ts';

export interface OrderDeps {
  readonly db: Db;
  readonly reads: Reads;
  readonly orderDesk: OrderDesk;
  /**
   * Records within a transaction an administrator's word that an order was paid outside Stripe; what it returns is for
   * after the commit. Money lives in the payments module.
   */
  readonly settleManually: (tx: Tx, orderId: string, actorId: string) => Promise<() => void>;
}

/** Requests about orders, each turned into one use case. */
export function ordersController({ db, reads, orderDesk, settleManually }: OrderDeps) {
  return {
    list(request: Request, query: Static<typeof ListOrdersQuery>) {
      const { limit = DEFAULT_LIMIT, cursor, status } = query;
      const owner = ownerWithin(request, 'orders:read');
      return reads.at(request.since, (from) =>
        listOrders(from, owner, { status }, { limit, cursor }),
      );
    },

    async place(request: Request, reply: Reply, body: Static<typeof PlaceOrderBody>) {
      const customer = principalOf(request);
      const placed = await orderDesk.place({
        customerId: customer.userId,
        email: body.email ?? customer.email,
        items: body.items,
        shippingAddress: body.shippingAddress ?? null,
        claim: claimOf(request),
        answersClaim: true,
      });
      if (placed.kind === 'repeated') {
        const { outcome } = placed;
        if (outcome.kind === 'begun')
          throw new ShopError('idempotency_in_progress', 'The first request is still running.', {
            retryAfterSeconds: 1,
          });
        return replay(reply, outcome.status, outcome.body, '/api/orders');
      }
      concerns(placed.order.id);
      reply.code(201).header('location', `/api/orders/${placed.order.id}`);
      return placed.order;
    },

    show: (request: Request, id: string) =>
      reads.at(request.since, (from) => getOrder(from, ownerWithin(request, 'orders:read'), id)),

    cancel: (request: Request, id: string) =>
      cancelOrder(db, ownerWithin(request, 'orders:write'), id),

    async update(
      request: Request,
      id: string,
      { status, ...contact }: Static<typeof UpdateOrderBody>,
    ): Promise<Order> {
      const owner = ownerWithin(request, 'orders:write');
      if (status !== undefined && owner !== null) {
        await getOrder(db, owner, id);
        throw new ShopError('forbidden', 'Only an administrator moves an order’s status.');
      }
      return updateOrder(db, owner, id, { status, ...contact }, (tx) =>
        settleManually(tx, id, principalOf(request).userId),
      );
    },

    history: (request: Request, id: string) =>
      reads.at(request.since, async (from) => {
        await getOrder(from, null, id);
        return { data: await eventsOf(from, id) };
      }),
  };
}
