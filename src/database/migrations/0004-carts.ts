import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE carts (
      id uuid PRIMARY KEY,
      customer_id uuid UNIQUE REFERENCES users ON DELETE CASCADE,
      token_hash bytea UNIQUE,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      -- A customer's, or a guest's known by the hash of the token in their cookie.
      CHECK ((customer_id IS NULL) <> (token_hash IS NULL))
    )`.execute(db);
  await sql`
    CREATE TABLE cart_items (
      cart_id uuid NOT NULL REFERENCES carts ON DELETE CASCADE,
      variant_id uuid NOT NULL REFERENCES variants ON DELETE CASCADE,
      quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
      added_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (cart_id, variant_id)
    )`.execute(db);
  await sql`CREATE INDEX cart_items_variant_id_idx ON cart_items (variant_id)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE cart_items, carts`.execute(db);
}
