import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE SEQUENCE order_numbers START 1001`.execute(db);
  await sql`
    CREATE TABLE orders (
      id uuid PRIMARY KEY,
      number bigint NOT NULL UNIQUE DEFAULT nextval('order_numbers'),
      customer_id uuid NOT NULL REFERENCES users,
      status text NOT NULL CHECK (status IN ('pending', 'paid', 'fulfilled', 'delivered', 'cancelled', 'expired')),
      -- Where the order's units are: held in stock, given back, or sent.
      stock_state text NOT NULL CHECK (stock_state IN ('reserved', 'released', 'shipped')),
      currency char(3) NOT NULL,
      subtotal bigint NOT NULL CHECK (subtotal >= 0),
      discount_total bigint NOT NULL DEFAULT 0 CHECK (discount_total BETWEEN 0 AND subtotal),
      shipping_total bigint NOT NULL DEFAULT 0 CHECK (shipping_total >= 0),
      tax_total bigint NOT NULL DEFAULT 0 CHECK (tax_total >= 0),
      total bigint NOT NULL,
      refunded_total bigint NOT NULL DEFAULT 0,
      email text NOT NULL,
      shipping_address jsonb,
      reserved_until timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT orders_total_adds_up CHECK (total = subtotal - discount_total + shipping_total + tax_total),
      CONSTRAINT orders_refund_within_total CHECK (refunded_total BETWEEN 0 AND total),
      CONSTRAINT orders_pending_holds_stock CHECK (
        status <> 'pending' OR (stock_state = 'reserved' AND reserved_until IS NOT NULL)),
      CONSTRAINT orders_closed_holds_nothing CHECK (
        status NOT IN ('cancelled', 'expired') OR stock_state = 'released'),
      CONSTRAINT orders_sent_is_shipped CHECK ((status IN ('fulfilled', 'delivered')) = (stock_state = 'shipped'))
    )`.execute(db);
  await sql`ALTER SEQUENCE order_numbers OWNED BY orders.number`.execute(db);
  await sql`CREATE INDEX orders_customer_id_idx ON orders (customer_id, id DESC)`.execute(db);
  await sql`CREATE INDEX orders_status_idx ON orders (status, id DESC)`.execute(db);
  await sql`CREATE INDEX orders_expiry_idx ON orders (reserved_until) WHERE status = 'pending'`.execute(
    db,
  );
  await sql`CREATE INDEX orders_email_idx ON orders (lower(email), id DESC)`.execute(db);
  await sql`CREATE INDEX orders_created_at_idx ON orders (created_at)`.execute(db);
  await sql`
    CREATE TABLE order_items (
      order_id uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
      position integer NOT NULL,
      variant_id uuid NOT NULL REFERENCES variants,
      product_id uuid NOT NULL REFERENCES products,
      sku text NOT NULL,
      title text NOT NULL,
      quantity integer NOT NULL CHECK (quantity > 0),
      unit_price bigint NOT NULL CHECK (unit_price >= 0),
      total bigint NOT NULL,
      PRIMARY KEY (order_id, position),
      UNIQUE (order_id, variant_id),
      CONSTRAINT order_items_total_adds_up CHECK (total = unit_price * quantity)
    )`.execute(db);
  await sql`CREATE INDEX order_items_variant_id_idx ON order_items (variant_id)`.execute(db);
  await sql`CREATE INDEX order_items_product_id_idx ON order_items (product_id)`.execute(db);
  await sql`
    CREATE TABLE outbox_events (
      id uuid PRIMARY KEY,
      position bigint GENERATED ALWAYS AS IDENTITY,
      transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
      aggregate_type text NOT NULL,
      aggregate_id uuid NOT NULL,
      type text NOT NULL,
      payload jsonb NOT NULL,
      correlation_id text,
      occurred_at timestamptz NOT NULL DEFAULT now(),
      published_at timestamptz,
      attempts integer NOT NULL DEFAULT 0
    )`.execute(db);
  await sql`CREATE INDEX outbox_events_aggregate_idx ON outbox_events (aggregate_id, position)`.execute(
    db,
  );
  await sql`CREATE INDEX outbox_events_correlation_idx ON outbox_events (correlation_id)`.execute(
    db,
  );
  await sql`CREATE INDEX outbox_events_unpublished_idx ON outbox_events (transaction_id, position) WHERE published_at IS NULL`.execute(
    db,
  );
  await sql`
    CREATE TABLE idempotency_keys (
      actor_id uuid NOT NULL,
      route text NOT NULL,
      key text NOT NULL,
      fingerprint text NOT NULL,
      -- What the first request began, so that a retry finishes it rather than beginning anew.
      resource_id uuid NOT NULL,
      status integer,
      body text,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (actor_id, route, key),
      CHECK ((status IS NULL) = (body IS NULL))
    )`.execute(db);
  await sql`CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at)`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE idempotency_keys, outbox_events, order_items, orders`.execute(db);
}
