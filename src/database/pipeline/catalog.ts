import type pg from 'pg';

/** A thing of the schema that statements change, by what PostgreSQL knows it as. */
export interface Thing {
  readonly kind: 'table' | 'column' | 'constraint' | 'index' | 'function';
  /** The table that it is of, as its oid; its own for a function. */
  readonly of: string;
  readonly name: string;
  /** Columns: their type. Checks: their definition. Tables: the file that holds them. */
  readonly what: string;
  /** Columns: whether a row without a value is refused; constraints, indexes: whether they hold for every row. */
  readonly holds: boolean;
  /** Columns: whether the database has a value where none is given. */
  readonly given: boolean;
}

/** The shop's schema at a moment, by the identity of each thing, which a rename leaves as it is. */
export type Catalog = ReadonlyMap<string, Thing>;

/** Reads what of the schema `public` migrations change: all but what extensions brought. */
export async function readCatalog(client: pg.Client): Promise<Catalog> {
  const { rows } = await client.query<Thing & { id: string }>(`
    WITH tables AS (
      SELECT oid, relname, relfilenode FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v', 'm')
    )
    SELECT 'table' AS kind, 'table ' || oid AS id, oid::text AS of, relname AS name,
      pg_relation_filenode(oid)::text AS what, true AS holds, true AS given
      FROM tables
    UNION ALL
    SELECT 'column', 'column ' || attrelid || '.' || attnum, attrelid::text, relname || '.' || attname,
      format_type(atttypid, atttypmod), attnotnull, atthasdef OR attidentity <> '' OR attgenerated <> ''
      FROM tables JOIN pg_attribute ON attrelid = tables.oid WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'constraint', 'constraint ' || pg_constraint.oid, conrelid::text, conname,
      CASE contype WHEN 'c' THEN pg_get_constraintdef(pg_constraint.oid) ELSE '' END, convalidated, true
      FROM tables JOIN pg_constraint ON conrelid = tables.oid WHERE contype IN ('c', 'f', 'x')
    UNION ALL
    SELECT 'index', 'index ' || indexrelid, indrelid::text, pg_class.relname, '', indisvalid, indisunique
      FROM tables JOIN pg_index ON indrelid = tables.oid JOIN pg_class ON pg_class.oid = indexrelid
    UNION ALL
    SELECT 'function', 'function ' || pg_proc.oid, pg_proc.oid::text, proname, '', true, true
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND classid = 'pg_proc'::regclass AND deptype = 'e')`);
  return new Map(rows.map(({ id, ...thing }) => [id, thing]));
}
