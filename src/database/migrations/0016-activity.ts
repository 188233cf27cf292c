import { type Kysely, sql } from 'kysely';

/** What was done for an order, or failed; which processes run; and what leads from an order to all about it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // No foreign key: a note of a failure must never fail itself. Ids are in the order of time.
  await sql`
    CREATE TABLE activity (
      id uuid PRIMARY KEY,
      at timestamptz NOT NULL,
      kind text NOT NULL CHECK (kind IN ('request', 'job')),
      name text NOT NULL,
      outcome text NOT NULL CHECK (outcome IN ('ok', 'refused', 'failed')),
      status smallint,
      code text,
      duration_ms integer NOT NULL,
      correlation_id text NOT NULL,
      trace_id text,
      order_id uuid,
      actor_hash text
    )`.execute(db);
  await sql`CREATE INDEX activity_order_idx ON activity (order_id, at) WHERE order_id IS NOT NULL`.execute(
    db,
  );
  await sql`CREATE INDEX activity_correlation_idx ON activity (correlation_id)`.execute(db);
  await sql`CREATE INDEX activity_failed_idx ON activity (at DESC) WHERE outcome = 'failed'`.execute(
    db,
  );
  await sql`
    CREATE TABLE instances (
      id uuid PRIMARY KEY,
      role text NOT NULL,
      version text NOT NULL,
      host text NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      seen_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  // Stripe's events by the order or refund that they carry, and by the session, intent or refund they are about.
  await sql`
    CREATE INDEX webhook_events_ours_idx ON webhook_events
      ((coalesce(payload #>> '{data,object,metadata,order_id}', payload #>> '{data,object,metadata,refund_id}')))`.execute(
    db,
  );
  await sql`CREATE INDEX webhook_events_object_idx ON webhook_events ((payload #>> '{data,object,id}'))`.execute(
    db,
  );
  await sql`CREATE INDEX admin_tasks_order_idx ON admin_tasks (order_id) WHERE order_id IS NOT NULL`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX admin_tasks_order_idx, webhook_events_object_idx, webhook_events_ours_idx`.execute(
    db,
  );
  await sql`DROP TABLE instances, activity`.execute(db);
}
