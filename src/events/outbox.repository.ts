import { type Selectable, sql } from 'kysely';
import { uuids } from '../database/arrays.ts';
import type { Db } from '../database/database.ts';
import { kept } from '../database/kept-plans.ts';
import type { EventType } from './catalogue.ts';
import type { EventTables } from './outbox.ts';

const MOST_ATTEMPTS = 10;
const BACKOFF_BASE_MS = 200;
const BACKOFF_CAP_MS = 60_000;
const AWAY_MS = 5000;
const MAX_ERROR_LENGTH = 1000;
/** A lease that lasts longer than any is of before the database's clock was set back, as by a failover. */
const LONGEST_LEASE_SECONDS = 60;

/** What is sent on: to the consumers in this process, or to an external broker. Both tables say how that goes. */
export type Queue = 'outbox_events' | 'broker_events';

export type OutboxRow = Selectable<EventTables['outbox_events']>;

/** What is told of an event to those it is sent on to. */
export type RecordedEvent = Pick<
  OutboxRow,
  | 'id'
  | 'stream_id'
  | 'sequence'
  | 'aggregate_type'
  | 'aggregate_id'
  | 'type'
  | 'payload'
  | 'correlation_id'
  | 'traceparent'
  | 'occurred_at'
>;

/** One that is to be sent on, and for how many seconds it has waited when it is read: by the clock that it was noted by. */
export type WaitingEvent = RecordedEvent & { readonly waited: number };

/** Takes or keeps the lease under a name; false while another holds it. Times are the database's own. */
export async function holdLease(
  db: Db,
  name: string,
  holder: string,
  seconds: number,
): Promise<boolean> {
  const result = await sql`${kept}
    INSERT INTO relay_leases AS lease (name, holder, held_until)
    VALUES (${name}, ${holder}, now() + make_interval(secs => ${seconds}))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
    WHERE lease.holder = excluded.holder OR lease.held_until < now()
      OR lease.held_until > now() + make_interval(secs => ${LONGEST_LEASE_SECONDS})
    RETURNING 1`.execute(db);
  return result.rows.length > 0;
}

/** Lets the next one have the lease at once. */
export async function releaseLease(db: Db, name: string, holder: string): Promise<void> {
  await db
    .deleteFrom('relay_leases')
    .where('name', '=', name)
    .where('holder', '=', holder)
    .execute();
}

/** Whether anything is to be sent on. */
export async function isAnyWaiting(db: Db, queue: Queue): Promise<boolean> {
  const result = await sql`${kept}
    SELECT FROM ${sql.table(queue)} WHERE published_at IS NULL AND dead_at IS NULL LIMIT 1`.execute(
    db,
  );
  return result.rows.length > 0;
}

/**
 * The oldest events that may be sent on now, those of a stream in its order. A stream whose failed event waits for its
 * next attempt is left out whole, so that nothing overtakes; a pause that ends later than any is of before the clock was
 * set back. Such streams are found once: asked of each event, the planner may read all that waits for each. By NOT IN, as
 * that alone is looked up by a hash whatever the planner expects: with thousands, each compared with each never ended.
 */
export async function nextEvents(db: Db, queue: Queue, limit: number): Promise<WaitingEvent[]> {
  const { rows } = await sql<WaitingEvent>`${kept}
    WITH resting AS MATERIALIZED (
      SELECT stream_id FROM ${sql.table(queue)}
      WHERE published_at IS NULL AND dead_at IS NULL AND next_attempt_at IS NOT NULL AND next_attempt_at > now()
        AND next_attempt_at <= now() + make_interval(secs => ${BACKOFF_CAP_MS / 1000})
    ), oldest AS (
      SELECT id FROM ${sql.table(queue)}
      WHERE published_at IS NULL AND dead_at IS NULL AND stream_id NOT IN (SELECT stream_id FROM resting)
      ORDER BY position
      LIMIT ${limit}
    )
    SELECT id, stream_id, sequence, aggregate_type, aggregate_id, type, payload, correlation_id, traceparent, occurred_at,
      extract(epoch FROM now() - occurred_at)::float8 AS waited
    FROM oldest JOIN outbox_events USING (id) ORDER BY sequence, position`.execute(db);
  return rows;
}

/** Notes that events arrived; returns of how many that is news. */
export async function markPublished(db: Db, queue: Queue, ids: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`${kept}
    UPDATE ${sql.table(queue)}
    SET published_at = now(), attempts = attempts + 1, next_attempt_at = NULL, dead_at = NULL, last_error = NULL
    WHERE id = ANY(${uuids(ids)}) AND published_at IS NULL`.execute(db);
  return Number(numAffectedRows);
}

export interface FailedAttempt {
  readonly id: string;
  readonly type: EventType;
  readonly correlation_id: string | null;
  readonly attempts: number;
  /** Whether the event is given up on. */
  readonly dead: boolean;
}

/**
 * Notes failed attempts. The next one comes after a random part of a pause that doubles each time, up to a minute;
 * after the tenth there is none, unless somebody has the event sent again.
 */
export async function markFailed(
  db: Db,
  queue: Queue,
  failures: readonly { id: string; error: string }[],
): Promise<FailedAttempt[]> {
  const { rows } = await sql<FailedAttempt>`
    UPDATE ${sql.table(queue)} AS event
    SET attempts = event.attempts + 1, last_error = failed.error,
      next_attempt_at = now() + interval '1 millisecond'
        * random() * least(${BACKOFF_CAP_MS}::int, ${BACKOFF_BASE_MS}::int * 2 ^ least(event.attempts, 20)),
      dead_at = CASE WHEN event.attempts + 1 >= ${MOST_ATTEMPTS} THEN now() END
    FROM unnest(${failures.map(({ id }) => id)}::uuid[], ${failures.map(({ error }) => storable(error))}::text[]) AS failed (id, error)
      JOIN outbox_events AS recorded USING (id)
    WHERE event.id = failed.id AND event.published_at IS NULL AND event.dead_at IS NULL
    RETURNING event.id, recorded.type, recorded.correlation_id, event.attempts, event.dead_at IS NOT NULL AS dead`.execute(
    db,
  );
  return rows;
}

/** Has events, and what follows each in its stream, wait for a broker of which a part is away; nothing is counted. */
export async function markAway(
  db: Db,
  queue: Queue,
  waiting: readonly { id: string; error: string }[],
): Promise<void> {
  await sql`
    UPDATE ${sql.table(queue)} AS event
    SET last_error = away.error, next_attempt_at = now() + interval '1 millisecond' * ${AWAY_MS}::int * (0.5 + random())
    FROM unnest(${waiting.map(({ id }) => id)}::uuid[], ${waiting.map(({ error }) => storable(error))}::text[])
      AS away (id, error)
    WHERE event.id = away.id AND event.published_at IS NULL AND event.dead_at IS NULL`.execute(db);
}

/** PostgreSQL stores no NUL character, and nobody reads more. */
function storable(error: string): string {
  return error.replaceAll('\0', '').slice(0, MAX_ERROR_LENGTH);
}
