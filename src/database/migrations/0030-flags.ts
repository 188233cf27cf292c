import { type Kysely, sql } from 'kysely';

export const phase = 'expand';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE flags (
      key text PRIMARY KEY CHECK (key ~ '^[a-z][a-z0-9-]{0,59}$'),
      enabled boolean NOT NULL,
      rules jsonb NOT NULL CHECK (jsonb_typeof(rules) = 'array'),
      -- In hundredths of a percent.
      rollout integer NOT NULL CHECK (rollout BETWEEN 0 AND 10000),
      weights jsonb NOT NULL CHECK (jsonb_typeof(weights) = 'object'),
      -- What visitors are hashed with: never changed, as it says who is in the first ten percent.
      salt text NOT NULL,
      version integer NOT NULL CHECK (version > 0),
      changed_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`
    CREATE TABLE flag_segments (
      key text PRIMARY KEY CHECK (key ~ '^[a-z][a-z0-9-]{0,59}$'),
      customer_ids uuid[] NOT NULL CHECK (cardinality(customer_ids) <= 1000),
      email_domains text[] NOT NULL CHECK (cardinality(email_domains) <= 1000),
      version integer NOT NULL CHECK (version > 0),
      changed_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`
    CREATE TABLE flag_experiments (
      id uuid PRIMARY KEY,
      flag_key text NOT NULL REFERENCES flags ON DELETE CASCADE,
      weights jsonb NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      ended_at timestamptz CHECK (ended_at >= started_at)
    )`.execute(db);
  // One at a time for each flag.
  await sql`
    CREATE UNIQUE INDEX flag_experiments_running_key ON flag_experiments (flag_key)
      WHERE ended_at IS NULL`.execute(db);
  await sql`CREATE INDEX flag_experiments_flag_key_idx ON flag_experiments (flag_key, id)`.execute(
    db,
  );
  await sql`
    CREATE TABLE flag_exposures (
      experiment_id uuid NOT NULL REFERENCES flag_experiments ON DELETE CASCADE,
      -- A customer's id, or the random one in a browser's cookie.
      visitor_id uuid NOT NULL,
      variant text NOT NULL,
      exposed_at timestamptz NOT NULL,
      PRIMARY KEY (experiment_id, visitor_id, variant)
    )`.execute(db);
  await sql`CREATE INDEX flag_exposures_visitor_id_idx ON flag_exposures (visitor_id)`.execute(db);
  // The visitors that turned out to be one customer.
  await sql`
    CREATE TABLE flag_visitors (
      visitor_id uuid PRIMARY KEY,
      customer_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      linked_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX flag_visitors_customer_id_idx ON flag_visitors (customer_id)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE flag_visitors, flag_exposures, flag_experiments, flag_segments, flags`.execute(
    db,
  );
}
