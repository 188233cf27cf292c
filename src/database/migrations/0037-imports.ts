import { type Kysely, sql } from 'kysely';

export const phase = 'expand';

/**
 * Product files whose products are taken by jobs: how far each is and its report, the rows of the products still to
 * take, in json that may hold NUL, and what was not taken as it stands. Products are taken in the order of their
 * numbers, each in one transaction with its count.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE imports (
      id uuid PRIMARY KEY,
      file_name text NOT NULL,
      actor_kind text NOT NULL,
      actor_id uuid,
      state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done')),
      columns json NOT NULL,
      rows integer NOT NULL,
      total integer NOT NULL,
      created integer NOT NULL DEFAULT 0,
      updated integer NOT NULL DEFAULT 0,
      unchanged integer NOT NULL DEFAULT 0,
      refused integer NOT NULL DEFAULT 0,
      done integer NOT NULL GENERATED ALWAYS AS (created + updated + unchanged + refused) STORED,
      variants integer NOT NULL DEFAULT 0,
      images integer NOT NULL DEFAULT 0,
      error_count integer NOT NULL DEFAULT 0,
      warning_count integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      CONSTRAINT imports_done CHECK (done <= total AND (state <> 'done' OR done = total)),
      CONSTRAINT imports_finished CHECK ((state = 'done') = (finished_at IS NOT NULL))
    )`.execute(db);
  await sql`
    CREATE TABLE import_products (
      import_id uuid REFERENCES imports ON DELETE CASCADE,
      number integer,
      rows json NOT NULL,
      PRIMARY KEY (import_id, number)
    )`.execute(db);
  await sql`
    CREATE TABLE import_notes (
      import_id uuid REFERENCES imports ON DELETE CASCADE,
      kind text CHECK (kind IN ('error', 'warning')),
      number integer CHECK (number BETWEEN 1 AND 1000),
      line integer NOT NULL,
      "column" text NOT NULL,
      handle text NOT NULL,
      reason text NOT NULL,
      PRIMARY KEY (import_id, kind, number)
    )`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE import_notes`.execute(db);
  await sql`DROP TABLE import_products`.execute(db);
  await sql`DROP TABLE imports`.execute(db);
}
