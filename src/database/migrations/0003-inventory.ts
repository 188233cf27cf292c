import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE stock_levels (
      variant_id uuid PRIMARY KEY REFERENCES variants ON DELETE CASCADE,
      on_hand integer NOT NULL DEFAULT 0,
      reserved integer NOT NULL DEFAULT 0,
      policy text NOT NULL DEFAULT 'deny' CHECK (policy IN ('deny', 'continue')),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT stock_reserved_not_negative CHECK (reserved >= 0),
      -- Never oversold; only a variant that may be sold beyond its stock goes past it.
      CONSTRAINT stock_not_oversold CHECK (policy = 'continue' OR (on_hand >= 0 AND reserved <= on_hand))
    )`.execute(db);
  await sql`
    CREATE TABLE stock_movements (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      variant_id uuid NOT NULL REFERENCES variants ON DELETE CASCADE,
      kind text NOT NULL CHECK (kind IN ('receipt', 'adjustment', 'reservation', 'release', 'shipment', 'return')),
      on_hand_delta integer NOT NULL,
      reserved_delta integer NOT NULL,
      order_id uuid,
      reason text NOT NULL DEFAULT '',
      actor_id uuid,
      created_at timestamptz NOT NULL DEFAULT now(),
      CHECK (on_hand_delta <> 0 OR reserved_delta <> 0)
    )`.execute(db);
  await sql`CREATE INDEX stock_movements_variant_id_idx ON stock_movements (variant_id, id DESC)`.execute(
    db,
  );
  await sql`CREATE INDEX stock_movements_order_id_idx ON stock_movements (order_id) WHERE order_id IS NOT NULL`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE stock_movements, stock_levels`.execute(db);
}
