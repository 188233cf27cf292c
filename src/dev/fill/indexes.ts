import type { Run } from './run.ts';

/**
 * Fills empty tables without their foreign keys, and without the indexes that no constraint needs: checking and
 * building once is quicker than a million times.
 */
export async function withoutIndexes(
  run: Run,
  tables: readonly string[],
  fill: () => Promise<void>,
): Promise<void> {
  const { rows } = await run(
    `WITH filled AS (SELECT unnest($1::text[])::regclass AS id)
     SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS away,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS again
     FROM pg_constraint WHERE contype = 'f' AND conrelid IN (SELECT id FROM filled)
     UNION ALL
     SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
     FROM pg_index
     WHERE indrelid IN (SELECT id FROM filled)
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
    [tables],
  );
  for (const { away } of rows) await run(away);
  await fill();
  for (const { again } of rows) await run(again);
}
