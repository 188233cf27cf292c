import { sql } from 'kysely';
import type pg from 'pg';

const MARK = '/* kept */';

/**
 * Begins or ends (`modifyEnd`) a statement that every connection keeps under a name with its plan, as parsing and
 * planning would be a quarter of what PostgreSQL does for an order. For what is asked over and over in one text: its
 * input is in parameters alone, lists are arrays, and what it returns is named, since a plan does not outlive a change
 * of its columns.
 */
export const kept = sql.raw(MARK);

/** Has the connections of a pool keep the statements that are marked so. */
export function keepPlans(pool: pg.Pool): void {
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `kept_${names.size + 1}`;
    names.set(text, name);
    return name;
  };
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    client.query = ((text: unknown, values: unknown, ...rest: unknown[]) =>
      typeof text === 'string' && (text.startsWith(MARK) || text.endsWith(MARK))
        ? query({ name: nameOf(text), text, values }, ...rest)
        : query(text, values, ...rest)) as typeof client.query;
  });
}
