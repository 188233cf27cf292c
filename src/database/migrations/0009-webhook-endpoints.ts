import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE webhook_endpoints (
      id uuid PRIMARY KEY,
      url text NOT NULL CHECK (length(url) <= 2048),
      description text NOT NULL DEFAULT '',
      -- null: every type.
      event_types text[] CHECK (cardinality(event_types) > 0),
      secret text NOT NULL,
      previous_secret text,
      previous_secret_until timestamptz,
      state text NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'disabled')),
      disabled_reason text,
      disabled_at timestamptz,
      failing_since timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT webhook_endpoints_previous_secret_ends
        CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
      CONSTRAINT webhook_endpoints_disabled_says_why
        CHECK ((state = 'disabled') = (disabled_at IS NOT NULL)
          AND (disabled_reason IS NULL) = (disabled_at IS NULL))
    )`.execute(db);
  await sql`
    CREATE TABLE webhook_deliveries (
      id uuid PRIMARY KEY,
      endpoint_id uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
      event_id uuid NOT NULL,
      event_type text NOT NULL,
      -- The bytes that are sent and signed.
      body text NOT NULL,
      correlation_id text,
      state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
      attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      -- Failed attempts in a row since it was made or replayed.
      failures int NOT NULL DEFAULT 0 CHECK (failures >= 0),
      next_attempt_at timestamptz DEFAULT now(),
      last_status int,
      last_error text,
      response_excerpt text,
      created_at timestamptz NOT NULL DEFAULT now(),
      settled_at timestamptz,
      CONSTRAINT webhook_deliveries_once UNIQUE (endpoint_id, event_id),
      CONSTRAINT webhook_deliveries_pending_is_planned
        CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)
          AND (state = 'pending') = (settled_at IS NULL))
    )`.execute(db);
  await sql`CREATE INDEX webhook_deliveries_log_idx ON webhook_deliveries (endpoint_id, id)`.execute(
    db,
  );
  await sql`CREATE INDEX webhook_deliveries_failed_idx ON webhook_deliveries (endpoint_id, id) WHERE state = 'failed'`.execute(
    db,
  );
  await sql`CREATE INDEX webhook_deliveries_pending_idx ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE state = 'pending'`.execute(
    db,
  );
  await sql`CREATE INDEX webhook_deliveries_settled_idx ON webhook_deliveries (settled_at) WHERE settled_at IS NOT NULL`.execute(
    db,
  );
  await sql`
    CREATE TABLE webhook_attempts (
      delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
      number int NOT NULL CHECK (number > 0),
      status int,
      error text,
      duration_ms int NOT NULL CHECK (duration_ms >= 0),
      attempted_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (delivery_id, number)
    )`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE webhook_attempts, webhook_deliveries, webhook_endpoints`.execute(db);
}
