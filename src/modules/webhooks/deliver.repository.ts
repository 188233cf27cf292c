import { type RawBuilder, sql } from 'kysely';
import { uuids } from '../../database/arrays.ts';
import type { Db, Tx } from '../../database/database.ts';
import { deleteInParts } from '../../database/in-parts.ts';
import type { EventType } from '../../events/catalogue.ts';
import { enqueueEach, lacksDueJob } from '../../events/jobs.ts';
import type { DeliveryState, WebhookAnswer } from './webhooks.model.ts';

/** The job that makes the attempts that are due at one endpoint; its payload is `{ endpointId }`. */
export const DELIVER_WEBHOOKS = 'deliver_webhooks';

/** Deliveries that one statement puts back in line. */
const MOST_AT_ONCE = 5000;

/** Nothing is noted as of so much later than now, but by a clock that was set back since. */
const CLOCK_SECONDS = 20;

/**
 * The endpoints that are sent anything, and the types that each wants (null: all), held until the transaction ends so
 * that none is deleted meanwhile.
 */
export async function enabledEndpoints(
  tx: Tx,
): Promise<{ id: string; types: readonly EventType[] | null }[]> {
  return tx
    .selectFrom('webhook_endpoints')
    .select(['id', 'event_types as types'])
    .where('state', '=', 'enabled')
    .orderBy('id')
    .forKeyShare()
    .execute();
}

/** An event as endpoints are sent it. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly correlationId: string | null;
}

/** Writes deliveries of events, each event once per endpoint however often, and has them made. */
export async function insertDeliveries(
  tx: Tx,
  events: readonly SentEvent[],
  deliveries: readonly { id: string; endpointId: string; eventId: string }[],
): Promise<void> {
  if (deliveries.length === 0) return;
  await sql`
    INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, body, correlation_id)
    SELECT delivery.id, endpoint_id, event_id, type, body, correlation_id
    FROM unnest(
        ${uuids(deliveries.map(({ id }) => id))}, ${uuids(deliveries.map(({ endpointId }) => endpointId))},
        ${uuids(deliveries.map(({ eventId }) => eventId))}
      ) AS delivery (id, endpoint_id, event_id)
      JOIN unnest(
        ${uuids(events.map(({ id }) => id))}, ${events.map(({ type }) => type)}::text[],
        ${events.map(({ body }) => body)}::text[],
        ${events.map(({ correlationId }) => correlationId)}::text[]
      ) AS event (id, type, body, correlation_id) ON event.id = event_id
    ORDER BY delivery.id
    ON CONFLICT (endpoint_id, event_id) DO NOTHING`.execute(tx);
  const endpointIds = [...new Set(deliveries.map(({ endpointId }) => endpointId))];
  await enqueueNow(tx, sql`id = ANY (${uuids(endpointIds)})`);
}

/** A delivery whose next attempt is due. */
export interface DueDelivery {
  readonly id: string;
  /** Which attempt the next one is, since it was made or replayed. */
  readonly attempt: number;
  /** What the event is about: those of one are sent one at a time, in their order. */
  readonly stream: string;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
}

/** What is due at an endpoint, longest due first, at most `limit`; nothing where it is disabled. */
export async function listDue(db: Db, endpointId: string, limit: number): Promise<DueDelivery[]> {
  const { rows } = await sql<DueDelivery>`
    SELECT delivery.id, failures + 1 AS attempt, body::json ->> 'partitionkey' AS stream,
      correlation_id AS "correlationId", body::json ->> 'traceparent' AS traceparent
    FROM webhook_deliveries AS delivery JOIN webhook_endpoints AS endpoint ON endpoint.id = endpoint_id
    WHERE endpoint_id = ${endpointId} AND delivery.state = 'pending' AND endpoint.state = 'enabled'
      AND next_attempt_at <= now()
    ORDER BY next_attempt_at, delivery.id LIMIT ${limit}`.execute(db);
  return rows;
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

/**
 * Writes an attempt into the log, and where it leaves its delivery; one that was settled meanwhile stays so. A failure
 * of one that was begun anew meanwhile, of which `before` failures are known no more, leaves it due.
 */
export async function recordAttempt(
  tx: Tx,
  id: string,
  { status, error, excerpt, durationMs }: WebhookAnswer,
  next: { state: DeliveryState; before: number; failures: number; pauseMs: number },
): Promise<void> {
  const counts = sql`(${next.state} = 'delivered' OR failures = ${next.before})`;
  await sql`
    WITH attempted AS (
      UPDATE webhook_deliveries
      SET attempts = attempts + 1, last_status = ${status}, last_error = ${error}, response_excerpt = ${excerpt},
        failures = CASE WHEN ${counts} THEN ${next.failures} ELSE failures END,
        state = CASE WHEN ${counts} THEN ${next.state} ELSE state END,
        next_attempt_at = CASE WHEN NOT ${counts} THEN next_attempt_at
          WHEN ${next.state} = 'pending' THEN now() + make_interval(secs => ${next.pauseMs} / 1000.0) END,
        settled_at = CASE WHEN ${counts} AND ${next.state} <> 'pending' THEN now() END
      WHERE id = ${id} AND state = 'pending'
      RETURNING id, attempts
    )
    INSERT INTO webhook_attempts (delivery_id, number, status, error, duration_ms)
    SELECT id, attempts, ${status}::int, ${error}::text, ${durationMs}::int FROM attempted`.execute(
    tx,
  );
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
  const { numAffectedRows } = await sql`
    UPDATE webhook_deliveries
    SET state = 'pending', failures = 0, next_attempt_at = now(), settled_at = NULL
    WHERE id IN (
      SELECT id FROM webhook_deliveries
      WHERE endpoint_id = ${endpointId} AND ${chosen} ORDER BY id LIMIT ${MOST_AT_ONCE})`.execute(
    tx,
  );
  await enqueueNow(tx, sql`id = ${endpointId}`);
  return Number(numAffectedRows);
}

/** Has endpoints at which something is overdue by minutes, and no job will make it, asked; returns how many. */
export function enqueueLostDeliveries(db: Db): Promise<number> {
  return enqueueNow(
    db,
    sql`state = 'enabled' AND EXISTS (
        SELECT FROM webhook_deliveries AS delivery
        WHERE endpoint_id = webhook_endpoints.id AND delivery.state = 'pending'
          AND next_attempt_at < now() - interval '2 minutes')
      AND ${lacksDueJob(sql`'webhook:' || webhook_endpoints.id`)}`,
  );
}

/**
 * Has made what never failed and waits all the same: it was put in line, or replayed, before the database's clock was
 * set back, as by a failover.
 */
export async function enqueueHeldByClock(db: Db): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    UPDATE webhook_deliveries SET next_attempt_at = now()
    WHERE id IN (
      SELECT id FROM webhook_deliveries
      WHERE state = 'pending' AND failures = 0 AND next_attempt_at > now() + make_interval(secs => ${CLOCK_SECONDS})
      FOR UPDATE SKIP LOCKED)
    RETURNING endpoint_id AS id`.execute(db);
  const endpointIds = [...new Set(rows.map(({ id }) => id))];
  if (endpointIds.length > 0) await enqueueNow(db, sql`id = ANY (${uuids(endpointIds)})`);
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

/** The endpoint of a delivery; null where it is deleted. */
export async function findEndpointOf(db: Db, deliveryId: string): Promise<string | null> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .select('endpoint_id')
    .where('id', '=', deliveryId)
    .executeTakeFirst();
  return row?.endpoint_id ?? null;
}

/** Has what is due at the chosen endpoints made, once the transaction commits; returns how many these are. */
function enqueueNow(db: Db, chosen: RawBuilder<unknown>): Promise<number> {
  return enqueue(
    db,
    sql`SELECT id, 'webhooks:' || id AS key, now() AS run_at FROM webhook_endpoints WHERE ${chosen}`,
  );
}

/**
 * Has what waits for its time at an endpoint made then, and what is overdue after those who wait now. Only for its own
 * job, which runs alone: the last one counts.
 */
export async function enqueueNext(db: Db, endpointId: string): Promise<void> {
  await enqueue(
    db,
    sql`SELECT id, 'webhooks:' || id || ':next' AS key, greatest(next_attempt_at, now()) AS run_at
      FROM webhook_endpoints, LATERAL (
        SELECT next_attempt_at FROM webhook_deliveries
        WHERE endpoint_id = webhook_endpoints.id AND state = 'pending'
        ORDER BY next_attempt_at LIMIT 1) AS next
      WHERE id = ${endpointId} AND state = 'enabled'`,
  );
}

/** One queue for each endpoint: its jobs run one at a time, and one that hangs holds up no other. */
function enqueue(db: Db, endpoints: RawBuilder<unknown>): Promise<number> {
  return enqueueEach(
    db,
    DELIVER_WEBHOOKS,
    sql`SELECT key, 'webhook:' || id AS queue, run_at, json_build_object('endpointId', id) AS payload
      FROM (${endpoints}) AS endpoint`,
  );
}
