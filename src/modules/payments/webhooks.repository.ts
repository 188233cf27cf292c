import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import { decodeCursor, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { WebhookBacklog } from '../../telemetry/backlog-metrics.ts';
import type { PaymentTables, WebhookState } from './payments.model.ts';

export type WebhookEventRow = Omit<Selectable<PaymentTables['webhook_events']>, 'payload'> & {
  /** The event as Stripe sent it. */
  readonly payload: unknown;
};

/**
 * Keeps an event as it came, with the job that applies it or why none does, in one statement; false when it was kept
 * before.
 */
export async function keepEvent(
  db: Db,
  event: { id: string; type: string; body: string; correlationId: string | null },
  then: { readonly job: RawBuilder<unknown> } | { readonly ignored: string },
): Promise<boolean> {
  const settled =
    'job' in then ? sql`'received', NULL, NULL` : sql`'ignored', ${then.ignored}, now()`;
  const { rows } = await sql`${kept}
    WITH fresh AS (
      INSERT INTO webhook_events
        (provider, event_id, type, payload, correlation_id, state, note, settled_at)
      VALUES ('stripe', ${event.id}, ${event.type}, ${storable(event.body)}, ${event.correlationId}, ${settled})
      ON CONFLICT DO NOTHING
      RETURNING event_id
    )
    SELECT event_id ${'job' in then ? sql`, ${then.job}` : sql``} FROM fresh`.execute(db);
  return rows.length > 0;
}

const ESCAPES = /\\\\|\\u(?:0000|d[89ab][\da-f]{2}(\\ud[c-f][\da-f]{2})?|d[c-f][\da-f]{2})/gi;

/** JSON without the escapes of NUL and of halves of surrogate pairs, which PostgreSQL does not keep. */
function storable(json: string): string {
  return json.replace(ESCAPES, (found, pair) =>
    found === '\\\\' || pair !== undefined ? found : '\\ufffd',
  );
}

/**
 * What an event that is still to be applied says, under its lock, and for how many seconds it has waited, by the clock
 * that it was noted by; null when it is done.
 */
export async function lockOpenEvent(
  tx: Tx,
  id: string,
): Promise<{ readonly payload: unknown; readonly waited: number } | null> {
  const row = await tx
    .selectFrom('webhook_events')
    .select(['payload', sql<number>`extract(epoch FROM now() - received_at)::float8`.as('waited')])
    .where('provider', '=', 'stripe')
    .where('event_id', '=', id)
    .where('state', 'in', ['received', 'parked'])
    .forUpdate()
    .modifyEnd(kept)
    .executeTakeFirst();
  return row ?? null;
}

/** What waits to be applied, and what is kept for a person. */
export async function readWebhookBacklog(db: Db): Promise<WebhookBacklog> {
  const { rows } = await sql<WebhookBacklog>`
    SELECT count(*) FILTER (WHERE state = 'received') AS waiting,
      coalesce(extract(epoch FROM now() - min(received_at) FILTER (WHERE state = 'received')), 0)::float8
        AS "oldestSeconds",
      count(*) FILTER (WHERE state = 'parked') AS parked
    FROM webhook_events WHERE state IN ('received', 'parked')`.execute(db);
  // An aggregate without groups is always one row.
  return rows[0] as WebhookBacklog;
}

/** An event by its id at Stripe, or null. */
export async function findEvent(db: Db, id: string): Promise<WebhookEventRow | null> {
  const row = await db
    .selectFrom('webhook_events')
    .selectAll()
    .where('provider', '=', 'stripe')
    .where('event_id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Writes what became of an event, in the transaction that did it. */
export async function settleEvent(
  tx: Tx,
  id: string,
  outcome: { state: WebhookState; note: string | null },
): Promise<void> {
  await tx
    .updateTable('webhook_events')
    .set({ ...outcome, attempts: sql`attempts + 1`, settled_at: sql`now()` })
    .where('provider', '=', 'stripe')
    .where('event_id', '=', id)
    .modifyEnd(kept)
    .execute();
}

/** Counts an attempt that failed. */
export async function noteFailure(db: Db, id: string, note: string): Promise<void> {
  await db
    .updateTable('webhook_events')
    .set({ note, attempts: sql`attempts + 1` })
    .where('provider', '=', 'stripe')
    .where('event_id', '=', id)
    .where('state', '=', 'received')
    .execute();
}

/** Closes a parked event; false when it is not parked. */
export async function closeParked(
  db: Db,
  id: string,
  { reason, actorId }: { reason: string; actorId: string },
): Promise<boolean> {
  const result = await db
    .updateTable('webhook_events')
    .set({
      state: 'closed',
      closed_by: actorId,
      closed_at: sql`now()`,
      closed_reason: reason,
    })
    .where('provider', '=', 'stripe')
    .where('event_id', '=', id)
    .where('state', '=', 'parked')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** A page of events, newest first. */
export async function listEvents(
  db: Db,
  { state }: { state?: WebhookState | undefined },
  page: PageRequest,
): Promise<Page<WebhookEventRow>> {
  const after = page.cursor === undefined ? null : decodeCursor(page.cursor, ['number', 'string']);
  const rows = await db
    .selectFrom('webhook_events')
    .selectAll()
    // In microseconds: a cursor needs every digit of the time, which a Date does not keep.
    .select(sql<number>`(extract(epoch FROM received_at) * 1000000)::bigint`.as('received_us'))
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'received'))
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`(received_at, event_id) < ('epoch'::timestamptz + ${after?.[0]}::bigint * interval '1 microsecond', ${after?.[1]})`,
      ),
    )
    .orderBy('received_at', 'desc')
    .orderBy('event_id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return toPage(rows, page.limit, (row) => [row.received_us, row.event_id]);
}
