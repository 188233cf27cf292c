import { type RawBuilder, sql } from 'kysely';

/** The columns of a row that its hash is made of, as SQL. */
export type Hashed = Record<
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
