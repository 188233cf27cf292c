import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { ERASED } from '../../shared/erased.ts';
import { newId } from '../../shared/ids.ts';
import { decodeCursor, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { Task, TaskDraft, TaskSeverity, TaskState, TaskTables } from './tasks.model.ts';

export interface TaskFilter {
  readonly state?: TaskState | undefined;
  readonly severity?: TaskSeverity | undefined;
  readonly kind?: string | undefined;
}

/** Opens a task for each draft, or renews the open one; not where a person dismissed the very same. */
export async function upsertTasks(tx: Tx, drafts: readonly TaskDraft[]): Promise<void> {
  const rows = drafts.map((draft) => ({ ...draft, id: newId() }));
  await sql`
    INSERT INTO admin_tasks (id, kind, subject, title, detail, severity, order_id)
    SELECT id, kind, subject, title, detail, severity, "orderId"
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS draft
      (id uuid, kind text, subject text, title text, detail text, severity text, "orderId" uuid)
    WHERE NOT EXISTS (
      SELECT FROM admin_tasks AS known
      WHERE known.state = 'dismissed' AND known.kind = draft.kind AND known.subject = draft.subject
        AND known.detail = draft.detail)
    ON CONFLICT (kind, subject) WHERE state = 'open' DO UPDATE SET
      title = excluded.title, detail = excluded.detail, severity = excluded.severity,
      order_id = excluded.order_id, last_seen = now()`.execute(tx);
}

/** Closes what is open or dismissed of these subjects: it is not found any more, and would be news. */
export async function resolveTasks(
  tx: Tx,
  keys: readonly { kind: string; subject: string }[],
  note: string,
): Promise<void> {
  await sql`
    UPDATE admin_tasks SET
      state = 'done', closed_at = coalesce(closed_at, now()), note = concat_ws(' — ', note, ${note}::text)
    FROM json_to_recordset(${JSON.stringify(keys)}::json) AS gone (kind text, subject text)
    WHERE admin_tasks.kind = gone.kind AND admin_tasks.subject = gone.subject
      AND state IN ('open', 'dismissed')`.execute(tx);
}

/** Closes an open task; false when it is not open (any more). */
export async function closeOpen(
  db: Db,
  id: string,
  closing: { state: Exclude<TaskState, 'open'>; note: string; actorId: string },
): Promise<boolean> {
  const result = await db
    .updateTable('admin_tasks')
    .set({
      state: closing.state,
      note: closing.note,
      closed_by: closing.actorId,
      closed_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Empties what people noted on closed tasks about orders. */
export async function emptyNotes(tx: Tx, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return;
  await sql`
    UPDATE admin_tasks SET note = ${ERASED}
    WHERE order_id = ANY (${orderIds}::uuid[]) AND closed_by IS NOT NULL`.execute(tx);
}

export async function findTask(db: Db, id: string): Promise<Task | null> {
  const row = await db
    .selectFrom('admin_tasks')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toTask(row) : null;
}

/** A page of tasks: open ones first, the newest first among each. */
export async function findTasks(
  db: Db,
  { state, severity, kind }: TaskFilter,
  page: PageRequest,
): Promise<Page<Task>> {
  const after = page.cursor === undefined ? null : decodeCursor(page.cursor, ['number', 'id']);
  const rows = await db
    .selectFrom('admin_tasks')
    .selectAll()
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'open'))
    .$if(severity !== undefined, (query) => query.where('severity', '=', severity ?? 'error'))
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? ''))
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`((state = 'open'), id) < (${after?.[0] === 1}, ${after?.[1]}::uuid)`,
      ),
    )
    .orderBy(sql`(state = 'open')`, 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [
    row.state === 'open' ? 1 : 0,
    row.id,
  ]);
  return { data: data.map(toTask), nextCursor };
}

export async function countOpen(
  db: Db,
): Promise<readonly { severity: TaskSeverity; open: number }[]> {
  return db
    .selectFrom('admin_tasks')
    .select(({ fn }) => ['severity', fn.countAll<number>().as('open')])
    .where('state', '=', 'open')
    .groupBy('severity')
    .execute();
}

function toTask(row: Selectable<TaskTables['admin_tasks']>): Task {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    title: row.title,
    detail: row.detail,
    severity: row.severity,
    state: row.state,
    orderId: row.order_id,
    firstSeen: row.first_seen.toISOString(),
    lastSeen: row.last_seen.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    closedBy: row.closed_by,
    note: row.note,
  };
}
