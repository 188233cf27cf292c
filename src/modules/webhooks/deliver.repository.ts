import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { deleteInParts } from '../../database/in-parts.ts';
import type { EventType } from '../../events/catalogue.ts';
import { enqueueEach, lacksJob } from '../../events/jobs.ts';
import type { DeliveryState, WebhookAnswer } from './webhooks.model.ts';

/** The job that makes one attempt; its payload is `{ deliveryId }`. */
export const DELIVER_WEBHOOK = 'deliver_webhook';

/** Deliveries that one statement puts back in line. */
const MOST_AT_ONCE = 5000;

/** The types that any endpoint wants; null: all. */
export async function typesWanted(tx: Tx): Promise<Set<EventType> | null> {
  const rows = await tx
    .selectFrom('webhook_endpoints')
    .select('event_types')
    .where('state', '=', 'enabled')
    .execute();
  const types = new Set<EventType>();
  for (const { event_types } of rows) {
    if (event_types === null) return null;
    for (const type of event_types) types.add(type);
  }
  return types;
}

/** The endpoints that want a type, held until the transaction ends so that none is deleted meanwhile. */
export async function endpointsFor(tx: Tx, type: EventType): Promise<string[]> {
  const rows = await tx
    .selectFrom('webhook_endpoints')
    .select('id')
    .where('state', '=', 'enabled')
    .where(sql<boolean>`(event_types IS NULL OR ${type} = ANY(event_types))`)
    .orderBy('id')
    .forKeyShare()
    .execute();
  return rows.map((row) => row.id);
}

/** Writes deliveries of one event, once per endpoint however often, each with its job. */
export async function insertDeliveries(
  tx: Tx,
  event: { id: string; type: string; body: string; correlationId: string | null },
  deliveries: readonly { id: string; endpointId: string }[],
): Promise<void> {
  if (deliveries.length === 0) return;
  await tx
    .insertInto('webhook_deliveries')
    .values(
      deliveries.map(({ id, endpointId }) => ({
        id,
        endpoint_id: endpointId,
        event_id: event.id,
        event_type: event.type,
        body: event.body,
        correlation_id: event.correlationId,
        last_status: null,
        last_error: null,
        response_excerpt: null,
        settled_at: null,
      })),
    )
    .onConflict((conflict) => conflict.columns(['endpoint_id', 'event_id']).doNothing())
    .execute();
  const ids = deliveries.map(({ id }) => id);
  await enqueue(tx, sql`id = ANY(${ids}::uuid[])`);
}

/** What an attempt needs; null where there is nothing to send: settled, deleted, or its endpoint is disabled. */
export async function findDue(db: Db, id: string) {
  const row = await db
    .selectFrom('webhook_deliveries as delivery')
    .innerJoin('webhook_endpoints as endpoint', 'endpoint.id', 'delivery.endpoint_id')
    .select(['delivery.id', 'delivery.endpoint_id', 'delivery.event_id', 'delivery.event_type'])
    .select(['delivery.body', 'delivery.failures', 'endpoint.url', 'endpoint.secret'])
    .select(
      sql<string | null>`CASE WHEN previous_secret_until > now() THEN previous_secret END`.as(
        'previous_secret',
      ),
    )
    .where('delivery.id', '=', id)
    .where('delivery.state', '=', 'pending')
    .where('endpoint.state', '=', 'enabled')
    .executeTakeFirst();
  return row ?? null;
}

/** Writes an attempt into the log, and where it leaves its delivery; one that was settled meanwhile stays so. */
export async function recordAttempt(
  tx: Tx,
  id: string,
  { status, error, excerpt, durationMs }: WebhookAnswer,
  next: { state: DeliveryState; failures: number; pauseMs: number },
): Promise<void> {
  await sql`
    WITH attempted AS (
      UPDATE webhook_deliveries
      SET attempts = attempts + 1, failures = ${next.failures}, state = ${next.state},
        last_status = ${status}, last_error = ${error}, response_excerpt = ${excerpt},
        next_attempt_at = CASE WHEN ${next.state} = 'pending'
          THEN now() + make_interval(secs => ${next.pauseMs} / 1000.0) END,
        settled_at = CASE WHEN ${next.state} <> 'pending' THEN now() END
      WHERE id = ${id} AND state = 'pending'
      RETURNING id, attempts
    )
    INSERT INTO webhook_attempts (delivery_id, number, status, error, duration_ms)
    SELECT id, attempts, ${status}::int, ${error}::text, ${durationMs}::int FROM attempted`.execute(
    tx,
  );
  if (next.state === 'pending') await enqueue(tx, sql`id = ${id}`);
}

/** Begins settled and waiting deliveries of an endpoint anew, oldest first; returns how many. */
export async function restartDeliveries(
  tx: Tx,
  endpointId: string,
  which: { id: string } | { failedSince: Date } | 'pending',
): Promise<number> {
  const chosen =
    which === 'pending'
      ? sql`state = 'pending'`
      : 'id' in which
        ? sql`id = ${which.id}`
        : sql`state = 'failed' AND created_at >= ${which.failedSince}`;
  const { rows } = await sql<{ id: string }>`
    UPDATE webhook_deliveries
    SET state = 'pending', failures = 0, next_attempt_at = now(), settled_at = NULL
    WHERE id IN (
      SELECT id FROM webhook_deliveries
      WHERE endpoint_id = ${endpointId} AND ${chosen} ORDER BY id LIMIT ${MOST_AT_ONCE})
    RETURNING id`.execute(tx);
  if (rows.length > 0) await enqueue(tx, sql`id = ANY(${rows.map((row) => row.id)}::uuid[])`);
  return rows.length;
}

/** Enqueues deliveries that are overdue by minutes and have no job; returns how many. */
export function enqueueLostDeliveries(db: Db): Promise<number> {
  return enqueue(
    db,
    sql`next_attempt_at < now() - interval '2 minutes'
      AND endpoint_id IN (SELECT id FROM webhook_endpoints WHERE state = 'enabled')
      AND ${lacksJob(sql`'webhook:' || webhook_deliveries.id`)}
      LIMIT ${MOST_AT_ONCE}`,
  );
}

/** How many deliveries wait, those of disabled endpoints too. */
export async function countPending(db: Db): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    SELECT count(*) AS waiting FROM webhook_deliveries WHERE state = 'pending'`.execute(db);
  return rows[0]?.waiting ?? 0;
}

/** Deletes the deliveries that were settled so many days ago. */
export function deleteSettled(db: Db, days: number): Promise<void> {
  return deleteInParts(
    db,
    'webhook_deliveries',
    sql`settled_at < now() - make_interval(days => ${days})`,
  );
}

/** One queue for each endpoint: one that hangs holds up no other. */
function enqueue(db: Db, chosen: RawBuilder<unknown>): Promise<number> {
  return enqueueEach(
    db,
    DELIVER_WEBHOOK,
    sql`SELECT 'webhook:' || id AS key, 'webhook:' || endpoint_id AS queue, next_attempt_at AS run_at,
        json_build_object('deliveryId', id, 'correlationId', correlation_id) AS payload
      FROM webhook_deliveries WHERE state = 'pending' AND ${chosen}`,
  );
}
