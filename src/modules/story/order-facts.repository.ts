import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import type { ActivityEntry } from '../../telemetry/activity.ts';
import { ENTRY } from './activity.repository.ts';
import type {
  EventFacts,
  FindingFacts,
  JobFacts,
  MovementFacts,
  OrderFacts,
  TaskFacts,
} from './story.model.ts';

/** Enough for any order that a person reads; a story that was longer tells its newest part. */
const MOST_ACTIVITY = 300;
const MOST_EVENTS = 300;

/** The order and the database's own time, or undefined. */
export async function orderFacts(
  db: Db,
  id: string,
): Promise<(OrderFacts & { now: Date }) | undefined> {
  const { rows } = await sql<OrderFacts & { now: Date }>`
    SELECT id, number, status, total, refunded_total AS "refundedTotal", currency, now() AS now,
      reserved_until AS "reservedUntil", created_at AS "createdAt", updated_at AS "updatedAt"
    FROM orders WHERE id = ${id}`.execute(db);
  return rows[0];
}

export async function activityFacts(db: Db, orderId: string): Promise<ActivityEntry[]> {
  const { rows } = await sql<ActivityEntry>`
    SELECT ${ENTRY} FROM activity WHERE order_id = ${orderId} ORDER BY at DESC LIMIT ${MOST_ACTIVITY}`.execute(
    db,
  );
  return rows.reverse();
}

/** The events of an order's stream, and who applied each. */
export async function eventFacts(db: Db, orderId: string): Promise<EventFacts[]> {
  const { rows } = await sql<EventFacts>`
    WITH RECURSIVE event AS (
      SELECT * FROM outbox_events WHERE stream_id = ${orderId} ORDER BY sequence DESC LIMIT ${MOST_EVENTS}
    ), consumer (name) AS (
      SELECT min(consumer) FROM inbox_events
      UNION ALL
      SELECT (SELECT min(consumer) FROM inbox_events WHERE consumer > name) FROM consumer WHERE name IS NOT NULL
    )
    SELECT event.id, type, occurred_at AS "occurredAt", published_at AS "publishedAt", attempts,
      dead_at AS "deadAt", last_error AS "lastError", correlation_id AS "correlationId", traceparent,
      ARRAY(
        SELECT name FROM consumer JOIN inbox_events ON inbox_events.consumer = name AND event_id = event.id
        ORDER BY name) AS "appliedBy"
    FROM event ORDER BY event.sequence`.execute(db);
  return rows;
}

export async function movementFacts(db: Db, orderId: string): Promise<MovementFacts[]> {
  const { rows } = await sql<MovementFacts>`
    SELECT kind, sku, movement.variant_id AS "variantId", on_hand_delta AS "onHandDelta",
      reserved_delta AS "reservedDelta", created_at AS "createdAt"
    FROM stock_movements AS movement
    LEFT JOIN order_items AS item ON item.order_id = movement.order_id AND item.variant_id = movement.variant_id
    WHERE movement.order_id = ${orderId} ORDER BY movement.id LIMIT 200`.execute(db);
  return rows;
}

/** Jobs of the queue, by the keys under which they wait: each key is one look into an index. */
export async function jobFacts(db: Db, keys: readonly string[]): Promise<JobFacts[]> {
  const { rows } = await sql<JobFacts>`
    SELECT id, task_identifier AS task, key, run_at AS "runAt", attempts, max_attempts AS "maxAttempts",
      last_error AS "lastError", locked_at IS NOT NULL AS "isRunning", created_at AS "createdAt"
    FROM graphile_worker.jobs WHERE key = ANY(${keys}::text[]) ORDER BY id LIMIT 200`.execute(db);
  return rows;
}

/** Tasks about the order, and open ones about what belongs to it. */
export async function taskFacts(
  db: Db,
  orderId: string,
  subjects: readonly string[],
): Promise<TaskFacts[]> {
  const { rows } = await sql<TaskFacts>`
    SELECT id, title, detail, kind, state, first_seen AS "firstSeen" FROM admin_tasks WHERE order_id = ${orderId}
    UNION
    SELECT id, title, detail, kind, state, first_seen FROM admin_tasks
    WHERE state = 'open' AND subject = ANY(${subjects}::text[])
    ORDER BY "firstSeen" LIMIT 50`.execute(db);
  return rows;
}

/** What reconciliation finds now; there are few findings in all. */
export async function findingFacts(
  db: Db,
  orderId: string,
  subjects: readonly string[],
): Promise<FindingFacts[]> {
  const { rows } = await sql<FindingFacts>`
    SELECT kind, subject, detail, confirmed, first_seen AS "firstSeen" FROM reconciliation_findings
    WHERE order_id = ${orderId} OR subject = ANY(${subjects}::text[]) ORDER BY first_seen LIMIT 50`.execute(
    db,
  );
  return rows;
}
