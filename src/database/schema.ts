import { runMigrations } from 'graphile-worker';
import type pg from 'pg';
import { createDb } from './database.ts';
import { migrateUp } from './migrate.ts';
import type { Run } from './pipeline/run.ts';

/** Brings the shop's schema and the job queue's own up to date; returns the names of what was applied. */
export async function prepareSchema(
  pool: pg.Pool,
  run: Pick<Run, 'onRetry'> = {},
): Promise<string[]> {
  const applied = await migrateUp(createDb(pool), run);
  await runMigrations({ pgPool: pool });
  return applied;
}
