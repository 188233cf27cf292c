import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { EndpointInput, WebhookEndpoint, WebhookTables } from './webhooks.model.ts';

/** How long a replaced secret still signs, so that receivers have time to change over. */
const PREVIOUS_SECRET_HOURS = 24;

const shown = [
  'id',
  'url',
  'description',
  'event_types',
  'state',
  'disabled_reason',
  'disabled_at',
  'failing_since',
  'created_at',
  'updated_at',
] as const;

type EndpointRow = Pick<Selectable<WebhookTables['webhook_endpoints']>, (typeof shown)[number]>;

export async function insertEndpoint(
  db: Db,
  endpoint: EndpointInput & { id: string; secret: string },
): Promise<WebhookEndpoint> {
  const row = await db
    .insertInto('webhook_endpoints')
    .values({ id: endpoint.id, secret: endpoint.secret, ...columnsOf(endpoint) })
    .returning(shown)
    .executeTakeFirstOrThrow();
  return toEndpoint(row);
}

export async function findEndpoint(db: Db, id: string): Promise<WebhookEndpoint | null> {
  const row = await db
    .selectFrom('webhook_endpoints')
    .select(shown)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toEndpoint(row) : null;
}

/** An endpoint that nobody else changes until the transaction ends. */
export async function lockEndpoint(tx: Tx, id: string): Promise<WebhookEndpoint | null> {
  const row = await tx
    .selectFrom('webhook_endpoints')
    .select(shown)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row ? toEndpoint(row) : null;
}

/** A page of endpoints, newest first. */
export async function listEndpoints(db: Db, page: PageRequest): Promise<Page<WebhookEndpoint>> {
  const after = lastSeenId(page);
  const rows = await db
    .selectFrom('webhook_endpoints')
    .select(shown)
    .$if(after !== null, (query) => query.where('id', '<', after ?? ''))
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [row.id]);
  return { data: data.map(toEndpoint), nextCursor };
}

/** Changes what is said of an endpoint. */
export async function updateEndpoint(tx: Tx, id: string, input: EndpointInput): Promise<void> {
  await tx
    .updateTable('webhook_endpoints')
    .set({
      ...columnsOf(input),
      // What failed was at the address before.
      failing_since: sql<Date | null>`CASE WHEN url = ${input.url} THEN failing_since END`,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .execute();
}

/** Replaces the secret; the one before signs beside it for a day. False when there is no such endpoint. */
export async function replaceSecret(db: Db, id: string, secret: string): Promise<boolean> {
  const result = await db
    .updateTable('webhook_endpoints')
    .set({
      secret,
      previous_secret: sql`secret`,
      previous_secret_until: sql`now() + make_interval(hours => ${PREVIOUS_SECRET_HOURS})`,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Deletes an endpoint with its log; false when there is none. */
export async function deleteEndpoint(db: Db, id: string): Promise<boolean> {
  const result = await db.deleteFrom('webhook_endpoints').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Enables an endpoint that is not; whether it was disabled. */
export async function enableEndpoint(tx: Tx, id: string): Promise<boolean> {
  const result = await tx
    .updateTable('webhook_endpoints')
    .set({
      state: 'enabled',
      disabled_at: null,
      disabled_reason: null,
      failing_since: null,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('state', '=', 'disabled')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Disables an endpoint that is enabled, where given only if it has this address still, and if nothing arrived for so
 * many hours; whether it did.
 */
export async function disableEndpoint(
  db: Db,
  id: string,
  {
    reason,
    url = null,
    failingHours = null,
  }: { reason: string; url?: string | null; failingHours?: number | null },
): Promise<boolean> {
  const result = await db
    .updateTable('webhook_endpoints')
    .set({
      state: 'disabled',
      disabled_at: sql`now()`,
      disabled_reason: reason,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('state', '=', 'enabled')
    .$if(url !== null, (query) => query.where('url', '=', url ?? ''))
    .$if(failingHours !== null, (query) =>
      query.where(
        'failing_since',
        '<=',
        sql<Date>`now() - make_interval(hours => ${failingHours ?? 0})`,
      ),
    )
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Notes whether an endpoint fails at the address that was asked, since when; one that goes on as before, or has another
 * address by now, is not written.
 */
export async function noteFailing(
  tx: Tx,
  { id, url, failing }: { id: string; url: string; failing: boolean },
): Promise<void> {
  await tx
    .updateTable('webhook_endpoints')
    .set({ failing_since: failing ? sql`now()` : null })
    .where('id', '=', id)
    .where('url', '=', url)
    .where('failing_since', failing ? 'is' : 'is not', null)
    .execute();
}

function columnsOf({ url, description, eventTypes }: EndpointInput) {
  return { url, description, event_types: eventTypes === null ? null : [...eventTypes] };
}

function toEndpoint(row: EndpointRow): WebhookEndpoint {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    eventTypes: row.event_types,
    state: row.state,
    disabledReason: row.disabled_reason,
    disabledAt: row.disabled_at?.toISOString() ?? null,
    failingSince: row.failing_since?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
