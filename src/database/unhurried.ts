import { sql } from 'kysely';
import type pg from 'pg';
import type { Tx } from './database.ts';

const MARK = '/* unhurried */';

/** How long PostgreSQL may take for a statement that reads whole tables. */
const UNHURRIED_MS = 300_000;

/** Begins a statement that takes longer than a request's on a large shop: its answer is waited for as long. */
export const unhurried = sql.raw(MARK);

/** Lets the statements of a transaction that begin so take their time, as PostgreSQL would end them like all others. */
export async function takeTheTime(tx: Tx): Promise<void> {
  await sql`SELECT set_config('statement_timeout', ${String(UNHURRIED_MS)}, true)`.execute(tx);
}

/** Has the connections of a pool that waits for no answer longer than so wait for those of such statements. */
export function waitForUnhurried(pool: pg.Pool, graceMs: number): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    client.query = ((text: unknown, values: unknown, ...rest: unknown[]) =>
      typeof text === 'string' && text.startsWith(MARK)
        ? query({ text, values, query_timeout: UNHURRIED_MS + graceMs }, ...rest)
        : query(text, values, ...rest)) as typeof client.query;
  });
}
