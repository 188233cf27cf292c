import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Measures what waits in the outbox; every instance measures the same, so dashboards take the largest. */
export async function measureBacklog({ db, metrics }: { db: Db; metrics: Metrics }): Promise<void> {
  const { rows } = await sql<{ waiting: number; oldest_seconds: number; dead: number }>`
    SELECT count(*) AS waiting,
      coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8 AS oldest_seconds,
      (SELECT count(*) FROM outbox_events WHERE dead_at IS NOT NULL) AS dead
    FROM outbox_events WHERE published_at IS NULL AND dead_at IS NULL`.execute(db);
  const [{ waiting, oldest_seconds: oldest, dead } = { waiting: 0, oldest_seconds: 0, dead: 0 }] =
    rows;
  metrics.outboxUnpublished.set(waiting);
  metrics.outboxOldestAge.set(oldest);
  metrics.outboxDead.set(dead);
}
