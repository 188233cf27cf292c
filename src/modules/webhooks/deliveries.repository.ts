import type { Selectable } from 'kysely';
import type { Db } from '../../database/database.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type {
  DeliveryState,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookTables,
} from './webhooks.model.ts';

const shown = [
  'id',
  'endpoint_id',
  'event_id',
  'event_type',
  'state',
  'attempts',
  'next_attempt_at',
  'last_status',
  'last_error',
  'response_excerpt',
  'created_at',
  'settled_at',
] as const;

type DeliveryRow = Pick<Selectable<WebhookTables['webhook_deliveries']>, (typeof shown)[number]>;

/** A page of an endpoint's deliveries, newest first. */
export async function listDeliveries(
  db: Db,
  endpointId: string,
  { state }: { state?: DeliveryState | undefined },
  page: PageRequest,
): Promise<Page<WebhookDelivery>> {
  const after = lastSeenId(page);
  const rows = await db
    .selectFrom('webhook_deliveries')
    .select(shown)
    .where('endpoint_id', '=', endpointId)
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'pending'))
    .$if(after !== null, (query) => query.where('id', '<', after ?? ''))
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [row.id]);
  return { data: data.map(toDelivery), nextCursor };
}

/** One delivery of an endpoint with its attempts, or null. */
export async function findDelivery(
  db: Db,
  endpointId: string,
  id: string,
): Promise<WebhookDeliveryDetail | null> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .select(shown)
    .select(['body', 'correlation_id'])
    .where('id', '=', id)
    .where('endpoint_id', '=', endpointId)
    .executeTakeFirst();
  if (!row) return null;
  const attempts = await db
    .selectFrom('webhook_attempts')
    .selectAll()
    .where('delivery_id', '=', id)
    .orderBy('number')
    .execute();
  return {
    ...toDelivery(row),
    body: row.body,
    correlationId: row.correlation_id,
    log: attempts.map((attempt) => ({
      number: attempt.number,
      status: attempt.status,
      error: attempt.error,
      durationMs: attempt.duration_ms,
      attemptedAt: attempt.attempted_at.toISOString(),
    })),
  };
}

function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.event_type,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    lastStatus: row.last_status,
    lastError: row.last_error,
    responseExcerpt: row.response_excerpt,
    createdAt: row.created_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
  };
}
