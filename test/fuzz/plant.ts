import { randomUUID } from 'node:crypto';
import { newId } from '../../src/shared/ids.ts';
import { owner } from '../staff/support.ts';
import type { TestShop } from '../support/shop.ts';

/** Puts things into the shop that requests can be about, also such as only workers and accidents make. */
export async function plant(shop: TestShop): Promise<void> {
  // Of their own: everybody else's may have ended.
  const { api } = await owner(shop);
  const price = { amount: 1999, currency: 'USD' };
  for (const stock of [100_000, 3])
    await api('POST', '/api/products', {
      ...{ title: `A board, ${stock} times`, status: 'active', price, stock, sku: randomUUID() },
    });
  await plantTask(shop);
  await plantDelivery(shop, api);
}

async function plantTask({ db }: TestShop): Promise<void> {
  const id = newId();
  const about = { kind: 'payment_unknown', subject: id, title: 'Money', detail: 'x' } as const;
  await db
    .insertInto('admin_tasks')
    .values({ id, ...about, severity: 'error' })
    .execute();
}

async function plantDelivery(
  { db }: TestShop,
  api: Awaited<ReturnType<typeof owner>>['api'],
): Promise<void> {
  const url = 'http://127.0.0.1:9/';
  const endpoint = await api('POST', '/api/webhook-endpoints', { url, eventTypes: ['order.paid'] });
  await db
    .insertInto('webhook_deliveries')
    .values({
      ...{ id: newId(), endpoint_id: endpoint.body.id, event_id: newId() },
      ...{ event_type: 'order.paid', body: '{}', correlation_id: null },
      ...{ state: 'failed', next_attempt_at: null, settled_at: new Date() },
      ...{ last_status: null, last_error: null, response_excerpt: null },
    })
    .execute();
}
