import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

const LOOK_EVERY_MS = 20;

/** Waits until every event of a shop was sent on. */
export async function outboxIsEmpty(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const isAnyLeft = async () => {
    const { rows } = await client.query(
      'SELECT FROM outbox_events WHERE published_at IS NULL AND dead_at IS NULL LIMIT 1',
    );
    return rows.length > 0;
  };
  while (await isAnyLeft()) await setTimeout(LOOK_EVERY_MS);
  await client.end();
}
