import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { inTransaction } from '../../src/database/database.ts';
import type { EventType } from '../../src/events/catalogue.ts';
import { enqueueJob } from '../../src/events/jobs.ts';
import { event, recordEvents } from '../../src/events/outbox.ts';
import { getDelivery, listDeliveries } from '../../src/modules/webhooks/deliveries.service.ts';
import { createEndpoint } from '../../src/modules/webhooks/endpoints.service.ts';
import type { TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

/** Steps that tests of webhooks begin with. */
export function webhooksOf(shop: TestShop) {
  const { db } = shop;

  async function logOf(endpointId: string) {
    const { data } = await listDeliveries(db, endpointId, {}, { limit: 50 });
    return Promise.all(data.map(({ id }) => getDelivery(db, endpointId, id)));
  }

  return {
    endpoint: (url: string, eventTypes: EventType[] | null = null) =>
      createEndpoint(db, { insecure: true }, { url, description: '', eventTypes }),

    /** Has something happen to an order that nobody placed; returns its id. */
    async happen(type: 'order.fulfilled' | 'order.delivered' = 'order.fulfilled') {
      const id = randomUUID();
      await inTransaction(db, (tx) => recordEvents(tx, [event(type, id, {})]));
      return id;
    },

    /** Every delivery to an endpoint, newest first. */
    logOf,

    /** The only delivery to an endpoint, once it has had so many attempts. */
    async afterAttempts(endpointId: string, attempts: number) {
      await until(async () => (await logOf(endpointId))[0]?.attempts === attempts, {
        what: `attempt ${attempts}`,
      });
      const [delivery] = await logOf(endpointId);
      if (!delivery) throw new Error('no delivery');
      return delivery;
    },

    /** Lets what waits for its next attempt make it now. */
    async makeDue(endpointId: string): Promise<void> {
      await sql`UPDATE webhook_deliveries SET next_attempt_at = now()
        WHERE endpoint_id = ${endpointId} AND state = 'pending'`.execute(db);
      // A job that is just ending may not have enqueued the next one yet, so it is no use to hurry that.
      const line = { jobKey: `webhooks:${endpointId}`, queue: `webhook:${endpointId}` };
      await enqueueJob(db, 'deliver_webhooks', { endpointId }, line);
    },
  };
}
