import { type Kysely, sql } from 'kysely';

/**
 * Who did what, each row chained to the one before by its hash. The head is the end of the chain: the only row that
 * changes, one step at a time.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // No foreign keys: what is told of here may be deleted, the telling stays.
  await sql`
    CREATE TABLE trail (
      position bigint PRIMARY KEY CHECK (position > 0),
      id uuid NOT NULL UNIQUE,
      occurred_at timestamptz NOT NULL,
      actor_kind text NOT NULL CHECK (actor_kind IN ('staff', 'customer', 'api-key', 'visitor', 'system')),
      actor_id uuid,
      act text NOT NULL,
      subject_kind text NOT NULL,
      subject_id text,
      detail jsonb NOT NULL CHECK (jsonb_typeof(detail) = 'object'),
      correlation_id text,
      -- Only the network that it came from.
      address text,
      previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
      hash bytea NOT NULL CHECK (length(hash) = 32)
    )`.execute(db);
  await sql`
    CREATE TABLE trail_head (
      id boolean PRIMARY KEY DEFAULT true CHECK (id),
      position bigint NOT NULL,
      previous_hash bytea NOT NULL,
      hash bytea NOT NULL
    )`.execute(db);
  await sql`
    INSERT INTO trail_head (position, previous_hash, hash)
    VALUES (0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))`.execute(db);
  await sql`CREATE INDEX trail_time_idx ON trail (occurred_at, position)`.execute(db);
  await sql`CREATE INDEX trail_actor_idx ON trail (actor_id, occurred_at, position)`.execute(db);
  await sql`CREATE INDEX trail_act_idx ON trail (act, occurred_at, position)`.execute(db);
  await sql`CREATE INDEX trail_subject_idx ON trail (subject_id, occurred_at, position)`.execute(
    db,
  );
  await sql`CREATE INDEX trail_correlation_idx ON trail (correlation_id, occurred_at, position)`.execute(
    db,
  );
  await guard(db);
}

/** What keeps a mistake from changing the past; who may turn triggers off is found by the hashes. */
async function guard(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION refuse_trail_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the audit trail is only ever added to: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER trail_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON trail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_trail_change()`.execute(db);
  await sql`
    CREATE TRIGGER trail_has_one_head BEFORE INSERT OR DELETE OR TRUNCATE ON trail_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_trail_change()`.execute(db);
  await sql`
    CREATE TRIGGER trail_head_goes_on BEFORE UPDATE ON trail_head FOR EACH ROW
    WHEN (NEW.position <> OLD.position + 1 OR NEW.previous_hash <> OLD.hash)
    EXECUTE FUNCTION refuse_trail_change()`.execute(db);
  await sql`
    CREATE FUNCTION refuse_trail_gap() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM FROM trail_head
      WHERE (position, previous_hash, hash) = (NEW.position, NEW.previous_hash, NEW.hash);
      IF NOT FOUND THEN
        RAISE EXCEPTION 'only the head of the audit trail is added to it' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER trail_grows_at_its_head AFTER INSERT ON trail
    FOR EACH ROW EXECUTE FUNCTION refuse_trail_gap()`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE trail, trail_head`.execute(db);
  await sql`DROP FUNCTION refuse_trail_change, refuse_trail_gap`.execute(db);
}
