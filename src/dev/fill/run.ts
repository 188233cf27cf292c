import type pg from 'pg';

/** Runs a statement on the connection that fills the tables. */
export type Run = (text: string, values?: unknown[]) => Promise<pg.QueryResult>;

/**
 * A connection with the memory for building indexes and sorting, gone once the work is done; of a pool that lets it take
 * its time.
 */
export async function onConnection(
  pool: pg.Pool,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  try {
    const run: Run = (text, values = []) => client.query(text, values);
    for (const setting of [`maintenance_work_mem = '512MB'`, `work_mem = '64MB'`])
      await run(`SET ${setting}`);
    await work(run);
  } finally {
    client.release(true);
  }
}
