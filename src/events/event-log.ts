import { type Db, inTransaction } from '../database/database.ts';
import { notFound, ShopError } from '../shared/errors.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../shared/pages.ts';
import { note } from '../trail/trail.ts';
import type { EventType } from './catalogue.ts';
import type { OutboxRow, Queue } from './outbox.repository.ts';

/** Where an event is on its way: to be sent on, sent on, or given up on. */
export type EventState = 'waiting' | 'published' | 'dead';

export interface EventFilter {
  readonly state?: EventState | undefined;
  readonly type?: EventType | undefined;
}

/** Where an event is on its way. */
export function stateOf(event: Pick<OutboxRow, 'dead_at' | 'published_at'>): EventState {
  if (event.dead_at !== null) return 'dead';
  return event.published_at === null ? 'waiting' : 'published';
}

/** An event, and whether it was given up on for the broker. */
export type ListedEvent = OutboxRow & { readonly broker_dead_at: Date | null };

/** A page of events, newest first: ids are in the order of time. */
export async function listOutbox(
  db: Db,
  { state, type }: EventFilter,
  page: PageRequest,
): Promise<Page<ListedEvent>> {
  const before = lastSeenId(page);
  const rows = await db
    .selectFrom('outbox_events')
    .leftJoin('broker_events', 'broker_events.id', 'outbox_events.id')
    .selectAll('outbox_events')
    .select('broker_events.dead_at as broker_dead_at')
    .$if(type !== undefined, (query) => query.where('type', '=', type ?? 'order.placed'))
    .$if(state === 'dead', (query) =>
      query.where('outbox_events.id', 'in', ({ selectFrom }) => {
        const dead = (queue: Queue) =>
          selectFrom(queue).select('id').where('dead_at', 'is not', null);
        return dead('outbox_events').unionAll(dead('broker_events'));
      }),
    )
    .$if(state === 'waiting', (query) =>
      query
        .where('outbox_events.published_at', 'is', null)
        .where('outbox_events.dead_at', 'is', null),
    )
    .$if(state === 'published', (query) =>
      query.where('outbox_events.published_at', 'is not', null),
    )
    .$if(before !== null, (query) => query.where('outbox_events.id', '<', before ?? ''))
    .orderBy('outbox_events.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return toPage(rows, page.limit, ({ id }) => [id]);
}

/** One event, who applied it, and its way to the broker where there is one. @throws ShopError not_found. */
export async function findOutboxEvent(db: Db, id: string) {
  const event = await db
    .selectFrom('outbox_events')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!event) throw notFound('The event');
  const appliedBy = await db
    .selectFrom('inbox_events')
    .select(['consumer', 'applied_at'])
    .where('event_id', '=', id)
    .orderBy('applied_at')
    .execute();
  const toBroker = await db
    .selectFrom('broker_events')
    .select(['published_at', 'attempts', 'dead_at', 'last_error'])
    .where('id', '=', id)
    .executeTakeFirst();
  return { event, appliedBy, toBroker };
}

/** Has an event sent again that was given up on. @throws ShopError not_found, conflict where it was not. */
export async function revive(db: Db, id: string): Promise<void> {
  const revived = await inTransaction(db, async (tx) => {
    const again = (queue: Queue) =>
      tx
        .updateTable(queue)
        .set({ dead_at: null, next_attempt_at: null })
        .where('id', '=', id)
        .where('dead_at', 'is not', null)
        .returning('id')
        .execute();
    const found = [...(await again('outbox_events')), ...(await again('broker_events'))];
    if (found.length > 0) await note(tx, { act: 'event.replayed', subject: id, detail: {} });
    return found.length > 0;
  });
  if (revived) return;
  await findOutboxEvent(db, id);
  throw new ShopError('conflict', 'This event was not given up on: it is sent by itself.');
}
