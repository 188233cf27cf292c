import { type RawBuilder, sql } from 'kysely';

/** The columns of a row that its hash is made of, as SQL. */
type Hashed = Record<
  | 'position'
  | 'id'
  | 'occurredAt'
  | 'actorKind'
  | 'actorId'
  | 'act'
  | 'subjectKind'
  | 'subjectId'
  | 'detail'
  | 'correlationId'
  | 'address'
  | 'previousHash',
  RawBuilder<unknown>
>;

/** The columns as a table, or what stands for one, has them. */
export function columnsOf(table: string): Hashed {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  return {
    position: column('position'),
    id: column('id'),
    occurredAt: column('occurred_at'),
    actorKind: column('actor_kind'),
    actorId: column('actor_id'),
    act: column('act'),
    subjectKind: column('subject_kind'),
    subjectId: column('subject_id'),
    detail: column('detail'),
    correlationId: column('correlation_id'),
    address: column('address'),
    previousHash: column('previous_hash'),
  };
}

/**
 * A row's hash: SHA-256 of its columns and the hash before, written as one JSON array, so that no two rows have the
 * same text. Times are microseconds since 1970, hashes hex; the text is PostgreSQL's of `jsonb`: ", " and ": " between
 * values, keys by length, then by byte. It is no function of the database's, which who may change rows could change too.
 */
export function hashOf(row: Hashed): RawBuilder<Buffer> {
  return sql`sha256(convert_to(jsonb_build_array(
    ${row.position}, ${row.id}, (extract(epoch FROM ${row.occurredAt}) * 1000000)::bigint, ${row.actorKind}, ${row.actorId},
    ${row.act}, ${row.subjectKind}, ${row.subjectId}, ${row.detail}, ${row.correlationId}, ${row.address},
    encode(${row.previousHash}, 'hex'))::text, 'UTF8'))`;
}

/** The hash before the first row's. */
export const BEGINNING = sql`decode(repeat('00', 32), 'hex')`;
