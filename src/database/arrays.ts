import { type RawBuilder, type SqlBool, sql } from 'kysely';

/**
 * Values whose texts need no quotes as an array, of any length in one text. As PostgreSQL writes arrays, without looking
 * for what would have to be quoted, which costs `pg` more than all else about a parameter. In a SELECT of its own, which
 * the planner does not look into: where it sees that they are few it plans anew each time, for more than that spares.
 */
function arrayOf<T extends string | number>(type: string) {
  const array = sql.raw(`${type}[]`);
  return (values: readonly T[]): RawBuilder<unknown> =>
    sql`(SELECT ${`{${values.join(',')}}`}::${array})::${array}`;
}

/** Ids as a `uuid[]`. */
export const uuids = arrayOf<string>('uuid');
/** Whole numbers of 32 bits as an `int[]`. */
export const ints = arrayOf<number>('int');
/** Whole numbers as a `bigint[]`: amounts, positions. */
export const bigints = arrayOf<number>('bigint');

/** Whether a column has one of some ids, in a text that is the same for any number of them. */
export function isAmong(column: string, ids: readonly string[]): RawBuilder<SqlBool> {
  return sql`${sql.ref(column)} = ANY (${uuids(ids)})`;
}

/** Stands between documents: JSON has it in escapes alone. Written `\x1e` in SQL. */
const SEPARATOR = '\x1e';

/** JSON documents, or null, as a parameter of `string_to_array(…, E'\x1e', '')`: nothing in them has to be quoted. */
export function documents(values: readonly unknown[]): string {
  return values.map((value) => (value === null ? '' : JSON.stringify(value))).join(SEPARATOR);
}
