import type pg from 'pg';

/** PostgreSQL's locks of tables, from the weakest to the strongest. */
export const MODES = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;
export type LockMode = (typeof MODES)[number];

/** A lock of a table, by its oid. */
export interface Lock {
  readonly table: string;
  readonly mode: LockMode;
}

/** Whether those who write the table wait for whoever has it. */
export function keepsWritersOut({ mode }: Lock): boolean {
  return MODES.indexOf(mode) >= MODES.indexOf('ShareLock');
}

/** The locks of tables that a session has or waits for, as another session or the same sees them. */
export async function readLocks(client: pg.Client, pid: number): Promise<Lock[]> {
  const { rows } = await client.query<Lock>(
    `SELECT relation::text AS "table", mode FROM pg_locks
     WHERE pid = $1 AND locktype = 'relation'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     ORDER BY 1`,
    [pid],
  );
  return rows;
}

/** Of the locks that are new, the strongest for each table. */
export function strongestNew(before: readonly Lock[], after: readonly Lock[]): Lock[] {
  const strongest = new Map<string, Lock>();
  for (const lock of after) {
    if (before.some(({ table, mode }) => table === lock.table && mode === lock.mode)) continue;
    const known = strongest.get(lock.table);
    if (!known || MODES.indexOf(known.mode) < MODES.indexOf(lock.mode))
      strongest.set(lock.table, lock);
  }
  return [...strongest.values()];
}
