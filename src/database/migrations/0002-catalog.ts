import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE products (
      id uuid PRIMARY KEY,
      slug text NOT NULL UNIQUE,
      title text NOT NULL,
      description text NOT NULL DEFAULT '',
      status text NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
      vendor text NOT NULL DEFAULT '',
      type text NOT NULL DEFAULT '',
      tags text[] NOT NULL DEFAULT '{}',
      options jsonb NOT NULL DEFAULT '[]',
      images jsonb NOT NULL DEFAULT '[]',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`
    CREATE TABLE variants (
      id uuid PRIMARY KEY,
      product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
      position integer NOT NULL,
      sku text NOT NULL DEFAULT '',
      title text NOT NULL,
      options jsonb NOT NULL DEFAULT '{}',
      -- What tells a product's variants apart: their option values, since a SKU may be missing or used twice.
      option_key text NOT NULL,
      price bigint NOT NULL CHECK (price >= 0),
      compare_at_price bigint CHECK (compare_at_price >= 0),
      currency char(3) NOT NULL,
      archived_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (product_id, option_key)
    )`.execute(db);
  await sql`
    CREATE TABLE categories (
      id uuid PRIMARY KEY,
      slug text NOT NULL UNIQUE,
      name text NOT NULL
    )`.execute(db);
  await sql`
    CREATE TABLE product_categories (
      product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
      category_id uuid NOT NULL REFERENCES categories ON DELETE CASCADE,
      PRIMARY KEY (product_id, category_id)
    )`.execute(db);
  await sql`CREATE INDEX product_categories_category_id_idx ON product_categories (category_id)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE product_categories, categories, variants, products`.execute(db);
}
