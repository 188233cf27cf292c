import { type Kysely, sql } from 'kysely';

/** A parked event can be closed by a person who says why. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE webhook_events
      ADD COLUMN closed_by uuid,
      ADD COLUMN closed_at timestamptz,
      ADD COLUMN closed_reason text,
      DROP CONSTRAINT webhook_events_state_check,
      ADD CONSTRAINT webhook_events_state_check
        CHECK (state IN ('received', 'applied', 'ignored', 'parked', 'closed')) NOT VALID,
      ADD CONSTRAINT webhook_events_closed_with_reason CHECK (
        (state = 'closed') = (closed_by IS NOT NULL AND closed_at IS NOT NULL AND closed_reason IS NOT NULL)) NOT VALID`.execute(
    db,
  );
  // Two steps, so that writers wait for the first alone.
  await sql`
    ALTER TABLE webhook_events
      VALIDATE CONSTRAINT webhook_events_state_check,
      VALIDATE CONSTRAINT webhook_events_closed_with_reason`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`UPDATE webhook_events SET state = 'parked', note = concat_ws('; closed: ', note, closed_reason),
    closed_by = NULL, closed_at = NULL, closed_reason = NULL WHERE state = 'closed'`.execute(db);
  await sql`
    ALTER TABLE webhook_events
      DROP CONSTRAINT webhook_events_closed_with_reason,
      DROP COLUMN closed_by,
      DROP COLUMN closed_at,
      DROP COLUMN closed_reason,
      DROP CONSTRAINT webhook_events_state_check,
      ADD CONSTRAINT webhook_events_state_check CHECK (state IN ('received', 'applied', 'ignored', 'parked'))`.execute(
    db,
  );
}
