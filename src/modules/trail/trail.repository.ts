import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import { isId } from '../../shared/ids.ts';
import { decodeCursor, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { TrailTables } from '../../trail/trail.ts';
import type { TrailEntry, TrailFilter } from './trail.model.ts';

type Row = Selectable<TrailTables['trail']>;

/** A page of acts, the latest first. */
export async function findActs(
  db: Db,
  filter: TrailFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<TrailEntry>> {
  const [at, position] = cursor === undefined ? [] : decodeCursor(cursor, ['time', 'number']);
  const after =
    at === undefined
      ? []
      : [sql`(occurred_at, position) < (${new Date(Number(at))}::timestamptz, ${position})`];
  const { rows } = await sql<Row>`
    SELECT * FROM trail WHERE ${allOf([...conditions(filter), ...after])}
    ORDER BY occurred_at DESC, position DESC LIMIT ${limit + 1}`.execute(db);
  const page = toPage(rows, limit, (row) => [row.occurred_at.getTime(), row.position]);
  return { data: page.data.map(toEntry), nextCursor: page.nextCursor };
}

/** One act by its id, or null. */
export async function findAct(db: Db, id: string): Promise<TrailEntry | null> {
  const row = await db.selectFrom('trail').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toEntry(row) : null;
}

/** The acts after a position, in the order of the chain, at most `limit`. */
export async function findActsAfter(
  db: Db,
  filter: TrailFilter,
  position: number,
  limit: number,
): Promise<TrailEntry[]> {
  const { rows } = await sql<Row>`
    SELECT * FROM trail WHERE ${allOf([...conditions(filter), sql`position > ${position}`])}
    ORDER BY position LIMIT ${limit}`.execute(db);
  return rows.map(toEntry);
}

/** The names of users by id; those who are gone have none. */
export async function findNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('users').select(['id', 'name']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function conditions({ actor, act, subject, from, until, id }: TrailFilter): RawBuilder<unknown>[] {
  return [
    ...(actor === undefined ? [] : [sql`actor_id = ${actor}::uuid`]),
    ...(act === undefined ? [] : [sql`act = ${act}`]),
    ...(subject === undefined ? [] : [sql`subject_id = ${spelled(subject)}`]),
    ...(from === undefined ? [] : [sql`occurred_at >= ${from}::timestamptz`]),
    ...(until === undefined ? [] : [sql`occurred_at < ${until}::timestamptz`]),
    ...(id === undefined ? [] : [named(id)]),
  ];
}

/** Each kind of id has an index of its own. */
function named(id: string): RawBuilder<unknown> {
  const own = isId(id) ? sql`OR id = ${id}::uuid OR actor_id = ${id}::uuid` : sql``;
  const place = /^\d{1,15}$/.test(id) ? sql`OR position = ${id}::bigint` : sql``;
  return sql`(subject_id = ${spelled(id)} OR correlation_id = ${id} ${own} ${place})`;
}

/** As the trail spells ids of its subjects. */
const spelled = (id: string) => (isId(id) ? id.toLowerCase() : id);

function allOf(conditions: RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql.join([sql`true`, ...conditions], sql` AND `);
}

function toEntry(row: Row): TrailEntry {
  return {
    position: row.position,
    id: row.id,
    occurredAt: row.occurred_at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id },
    act: row.act,
    subject: { kind: row.subject_kind, id: row.subject_id },
    detail: row.detail as TrailEntry['detail'],
    correlationId: row.correlation_id,
    network: row.address,
    previousHash: row.previous_hash.toString('hex'),
    hash: row.hash.toString('hex'),
  };
}
