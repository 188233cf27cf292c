import { type Kysely, sql } from 'kysely';

/** Work for administrators, and what comparing the shop with Stripe needs to remember between its runs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE admin_tasks (
      id uuid PRIMARY KEY,
      kind text NOT NULL,
      subject text NOT NULL,
      title text NOT NULL,
      detail text NOT NULL,
      severity text NOT NULL CHECK (severity IN ('error', 'warning')),
      state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'dismissed')),
      order_id uuid,
      first_seen timestamptz NOT NULL DEFAULT now(),
      last_seen timestamptz NOT NULL DEFAULT now(),
      closed_at timestamptz,
      -- null: it closed itself.
      closed_by uuid,
      note text,
      CONSTRAINT admin_tasks_closed_with_note CHECK (
        (state = 'open') = (closed_at IS NULL) AND (state = 'open') = (note IS NULL)),
      CHECK (state <> 'open' OR closed_by IS NULL)
    )`.execute(db);
  await sql`CREATE UNIQUE INDEX admin_tasks_one_open ON admin_tasks (kind, subject) WHERE state = 'open'`.execute(
    db,
  );
  await sql`CREATE INDEX admin_tasks_dismissed_idx ON admin_tasks (kind, subject) WHERE state = 'dismissed'`.execute(
    db,
  );
  await sql`CREATE INDEX admin_tasks_list_idx ON admin_tasks ((state = 'open') DESC, id DESC)`.execute(
    db,
  );
  await sql`
    CREATE TABLE reconciliation_runs (
      id uuid PRIMARY KEY,
      trigger text NOT NULL CHECK (trigger IN ('schedule', 'admin', 'command')),
      started_at timestamptz NOT NULL DEFAULT now(),
      -- A run that does not say so any more is over, and the next goes on from where it stood.
      alive_until timestamptz NOT NULL,
      finished_at timestamptz,
      window_from timestamptz,
      window_to timestamptz,
      compared jsonb NOT NULL DEFAULT '{}',
      healed jsonb NOT NULL DEFAULT '{}',
      findings integer,
      -- Whether Stripe had more to read than one run does.
      unfinished boolean NOT NULL DEFAULT false,
      error text
    )`.execute(db);
  await sql`CREATE UNIQUE INDEX reconciliation_runs_one_open ON reconciliation_runs ((true)) WHERE finished_at IS NULL`.execute(
    db,
  );
  await sql`CREATE INDEX reconciliation_runs_success_idx ON reconciliation_runs (finished_at DESC) WHERE error IS NULL AND NOT unfinished`.execute(
    db,
  );
  await sql`
    CREATE TABLE reconciliation_cursors (
      list text PRIMARY KEY,
      -- What Stripe made before then has been looked at.
      done_until timestamptz,
      -- The window that is being read, newest first, and the last record read of it.
      window_from timestamptz,
      window_to timestamptz,
      after_id text,
      CHECK ((window_from IS NULL) = (window_to IS NULL))
    )`.execute(db);
  await sql`
    CREATE TABLE reconciliation_findings (
      kind text NOT NULL,
      subject text NOT NULL,
      detail text NOT NULL,
      order_id uuid,
      -- Found by two runs, or such that no race explains it.
      confirmed boolean NOT NULL,
      first_run uuid NOT NULL,
      last_run uuid NOT NULL,
      first_seen timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (kind, subject)
    )`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE reconciliation_findings, reconciliation_cursors, reconciliation_runs, admin_tasks`.execute(
    db,
  );
}
