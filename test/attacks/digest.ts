import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../src/database/database.ts';

/** What is noted about requests themselves, whatever comes of them. */
const NOTES = ['sessions', 'trail', 'trail_head', 'activity', 'instances', 'rate_limits'];

/** Everything that the shop keeps, table by table, but for what is noted about requests themselves. */
export async function digest(db: Db): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
      AND table_name <> ALL (${NOTES})`.execute(db);
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows: found } = await sql<{ text: string }>`
      SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '') AS text
      FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS line FROM ${sql.table(name)} AS t) AS lines`.execute(
      db,
    );
    digests[name] = createHash('sha256')
      .update(found[0]?.text ?? '')
      .digest('hex');
  }
  return digests;
}
