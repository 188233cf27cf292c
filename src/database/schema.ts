import { runMigrations } from 'graphile-worker';
import type pg from 'pg';
import { createDb } from './database.ts';
import { applyAll } from './migrate.ts';
import { alone } from './pipeline/lock.ts';
import type { Run } from './pipeline/run.ts';

/**
 * Brings the shop's schema and the job queue's own up to date; returns the names of what was applied. One at a time does
 * both: who looks for what is to be applied reads of all tables, also of those that another one is just changing.
 */
export function prepareSchema(pool: pg.Pool, run: Pick<Run, 'onRetry'> = {}): Promise<string[]> {
  const db = createDb(pool);
  return alone(db, async () => {
    const applied = await applyAll(db, run);
    await runMigrations({ pgPool: pool });
    return applied;
  });
}
