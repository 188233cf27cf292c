import { sql } from 'kysely';
import type { TestShop } from '../support/shop.ts';

/** The tables of the shop and of its job queue in which a text stands, in whatever column. */
export async function tablesWith(shop: TestShop, text: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname IN ('public', 'graphile_worker')`.execute(shop.db);
  const found: string[] = [];
  for (const { name } of rows) {
    const hits = await sql<{ hits: number }>`
      SELECT count(*)::int AS hits FROM ${sql.raw(name)} AS row
      WHERE strpos(lower(row::text), lower(${text})) > 0`.execute(shop.db);
    if (hits.rows[0]?.hits) found.push(name);
  }
  return found;
}

/** Every column of the shop's own tables, as `table.column`. */
export async function columnsOf({ db }: Pick<TestShop, 'db'>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'schema_migrations%'
    ORDER BY 1`.execute(db);
  return rows.map(({ name }) => name);
}
