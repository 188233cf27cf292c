import { type Db, inTransaction } from '../../database/database.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { correlationId } from '../../telemetry/context.ts';
import { note } from '../../trail/trail.ts';
import { insertDeliveries, restartDeliveries } from './deliver.repository.ts';
import { listDeliveries as findDeliveries, findDelivery } from './deliveries.repository.ts';
import { getEndpoint } from './endpoints.service.ts';
import {
  type DeliveryState,
  PING,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
  type WebhookEndpoint,
} from './webhooks.model.ts';

/** A page of an endpoint's deliveries, newest first. @throws ShopError not_found. */
export async function listDeliveries(
  db: Db,
  endpointId: string,
  filter: { state?: DeliveryState | undefined },
  page: PageRequest,
): Promise<Page<WebhookDelivery>> {
  await getEndpoint(db, endpointId);
  return findDeliveries(db, endpointId, filter, page);
}

/** One delivery with its attempts. @throws ShopError not_found. */
export async function getDelivery(
  db: Db,
  endpointId: string,
  id: string,
): Promise<WebhookDeliveryDetail> {
  const delivery = await findDelivery(db, endpointId, id);
  if (!delivery) throw notFound('The delivery');
  return delivery;
}

/** Has an event sent again now, whatever became of it. @throws ShopError not_found, conflict (disabled endpoint). */
export async function replayDelivery(
  db: Db,
  endpointId: string,
  id: string,
): Promise<WebhookDeliveryDetail> {
  assertEnabled(await getEndpoint(db, endpointId));
  return inTransaction(db, async (tx) => {
    await restartDeliveries(tx, endpointId, { id });
    const delivery = await getDelivery(tx, endpointId, id);
    const detail = { deliveries: 1, deliveryId: id };
    await note(tx, { act: 'endpoint.events_replayed', subject: endpointId, detail });
    return delivery;
  });
}

/**
 * Has what failed of the events since a time sent again, the oldest thousands at once; returns how many.
 * @throws ShopError not_found, conflict (disabled endpoint).
 */
export async function replayFailed(db: Db, endpointId: string, since: Date): Promise<number> {
  assertEnabled(await getEndpoint(db, endpointId));
  return inTransaction(db, async (tx) => {
    const deliveries = await restartDeliveries(tx, endpointId, { failedSince: since });
    const detail = { deliveries };
    await note(tx, { act: 'endpoint.events_replayed', subject: endpointId, detail });
    return deliveries;
  });
}

/**
 * Sends an event of no meaning, to see whether the endpoint takes it; returns the delivery's id.
 * @throws ShopError not_found, conflict (disabled endpoint).
 */
export async function sendPing(
  { db, publicUrl }: { db: Db; publicUrl: string },
  endpointId: string,
): Promise<string> {
  assertEnabled(await getEndpoint(db, endpointId));
  const id = newId();
  const eventId = newId();
  const event = {
    specversion: '1.0',
    id: eventId,
    source: publicUrl,
    type: PING,
    subject: `webhook-endpoint/${endpointId}`,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: {},
  };
  const body = JSON.stringify(event);
  const ping = { id: eventId, type: PING, body, correlationId: correlationId() };
  await inTransaction(db, async (tx) => {
    await insertDeliveries(tx, [ping], [{ id, endpointId, eventId }]);
    await note(tx, { act: 'endpoint.pinged', subject: endpointId, detail: { deliveryId: id } });
  });
  return id;
}

function assertEnabled({ state }: WebhookEndpoint): void {
  if (state === 'disabled')
    throw new ShopError('conflict', 'The endpoint is disabled. Enable it first.');
}
