import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE checkout_sessions (
      id uuid PRIMARY KEY,
      order_id uuid NOT NULL REFERENCES orders,
      status text NOT NULL CHECK (status IN ('creating', 'open', 'completed', 'expired', 'failed')),
      amount bigint NOT NULL CHECK (amount > 0),
      currency char(3) NOT NULL,
      -- As it was when the page was first asked for: a repeated call must say the same.
      email text NOT NULL,
      stripe_session_id text UNIQUE,
      url text,
      expires_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CHECK (status NOT IN ('open', 'completed') OR (stripe_session_id IS NOT NULL AND url IS NOT NULL))
    )`.execute(db);
  // At most one session in which an order can be paid.
  await sql`CREATE UNIQUE INDEX checkout_sessions_one_live ON checkout_sessions (order_id) WHERE status IN ('creating', 'open')`.execute(
    db,
  );
  await sql`CREATE INDEX checkout_sessions_order_id_idx ON checkout_sessions (order_id)`.execute(
    db,
  );
  await sql`
    CREATE TABLE payments (
      id uuid PRIMARY KEY,
      order_id uuid NOT NULL REFERENCES orders,
      provider text NOT NULL CHECK (provider IN ('stripe', 'manual')),
      provider_payment_id text,
      status text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed', 'cancelled')),
      -- Whether this payment is the one that paid the order; money beyond that is given back.
      settles_order boolean NOT NULL DEFAULT false,
      amount bigint NOT NULL CHECK (amount >= 0),
      currency char(3) NOT NULL,
      refunded_amount bigint NOT NULL DEFAULT 0,
      failure_code text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (provider, provider_payment_id),
      CHECK ((provider = 'stripe') = (provider_payment_id IS NOT NULL)),
      CHECK (NOT settles_order OR status = 'succeeded'),
      CONSTRAINT payments_refund_within_captured CHECK (
        refunded_amount BETWEEN 0 AND CASE WHEN status = 'succeeded' THEN amount ELSE 0 END)
    )`.execute(db);
  await sql`CREATE UNIQUE INDEX payments_one_settles ON payments (order_id) WHERE settles_order`.execute(
    db,
  );
  await sql`CREATE UNIQUE INDEX payments_one_manual_pending ON payments (order_id) WHERE provider = 'manual' AND status = 'pending'`.execute(
    db,
  );
  await sql`CREATE INDEX payments_order_id_idx ON payments (order_id, id DESC)`.execute(db);
  await sql`CREATE INDEX payments_created_at_idx ON payments (created_at) WHERE status = 'succeeded'`.execute(
    db,
  );
  await sql`
    CREATE TABLE refunds (
      id uuid PRIMARY KEY,
      payment_id uuid NOT NULL REFERENCES payments,
      order_id uuid NOT NULL REFERENCES orders,
      status text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
      origin text NOT NULL CHECK (origin IN ('admin', 'automatic', 'provider')),
      amount bigint NOT NULL CHECK (amount > 0),
      currency char(3) NOT NULL,
      reason text NOT NULL DEFAULT '',
      provider_refund_id text UNIQUE,
      failure text,
      actor_id uuid,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX refunds_order_id_idx ON refunds (order_id)`.execute(db);
  await sql`CREATE INDEX refunds_payment_id_idx ON refunds (payment_id)`.execute(db);
  await sql`CREATE INDEX refunds_pending_idx ON refunds (created_at) WHERE status = 'pending'`.execute(
    db,
  );
  await sql`
    CREATE TABLE webhook_events (
      provider text NOT NULL,
      event_id text NOT NULL,
      type text NOT NULL,
      payload jsonb NOT NULL,
      state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'applied', 'ignored', 'parked')),
      note text,
      attempts integer NOT NULL DEFAULT 0,
      correlation_id text,
      received_at timestamptz NOT NULL DEFAULT now(),
      settled_at timestamptz,
      PRIMARY KEY (provider, event_id)
    )`.execute(db);
  await sql`CREATE INDEX webhook_events_received_at_idx ON webhook_events (received_at DESC)`.execute(
    db,
  );
  await sql`CREATE INDEX webhook_events_open_idx ON webhook_events (state, received_at) WHERE state IN ('received', 'parked')`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE webhook_events, refunds, payments, checkout_sessions`.execute(db);
}
