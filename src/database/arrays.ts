import { type RawBuilder, type SqlBool, sql } from 'kysely';

/**
 * Ids or numbers as a parameter that is cast to uuid[], int[] or bigint[]. As PostgreSQL writes arrays, without looking
 * for what would have to be quoted, which costs `pg` more than all else about a parameter.
 */
export function plainArray(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}

/** Whether a column has one of some ids, in a text that is the same for any number of them. */
export function isAmong(column: string, ids: readonly string[]): RawBuilder<SqlBool> {
  return sql`${sql.ref(column)} = ANY (${plainArray(ids)}::uuid[])`;
}

/** Stands between documents: JSON has it in escapes alone. Written `\x1e` in SQL. */
const SEPARATOR = '\x1e';

/** JSON documents, or null, as a parameter of `string_to_array(…, E'\x1e', '')`: nothing in them has to be quoted. */
export function documents(values: readonly unknown[]): string {
  return values.map((value) => (value === null ? '' : JSON.stringify(value))).join(SEPARATOR);
}
