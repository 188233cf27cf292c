import { type Kysely, sql } from 'kysely';

/** Roles held to what they may be, invitations of people, keys of programs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Writing needs reading of the same; a day's refunds by currency, in minor units, null without a limit.
  await sql`
    ALTER TABLE staff_roles
      ADD COLUMN refund_limits jsonb,
      ADD CONSTRAINT staff_roles_permissions_known CHECK (permissions <@ ${sql.lit(ALL)}::text[]),
      ADD CONSTRAINT staff_roles_write_reads CHECK (${sql.raw(WRITE_READS)}),
      ADD CONSTRAINT staff_roles_name_length CHECK (char_length(name) BETWEEN 1 AND 60),
      ADD CONSTRAINT staff_roles_refund_limits_object
        CHECK (refund_limits IS NULL OR jsonb_typeof(refund_limits) = 'object')`.execute(db);
  await sql`CREATE INDEX users_staff_idx ON users (id) WHERE role <> 'customer'`.execute(db);
  await sql`CREATE INDEX users_staff_role_id_idx ON users (staff_role_id) WHERE staff_role_id IS NOT NULL`.execute(
    db,
  );
  // Nobody could let anybody in any more: of two owners who take the place from each other at once, one keeps it.
  await sql`
    CREATE FUNCTION keep_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      LOCK TABLE staff_roles IN SHARE ROW EXCLUSIVE MODE;
      IF NOT EXISTS (SELECT FROM users WHERE role = 'admin') THEN
        RAISE EXCEPTION 'the shop would have no owner' USING ERRCODE = 'check_violation', CONSTRAINT = 'users_keep_an_owner';
      END IF;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER users_keep_an_owner AFTER UPDATE OF role ON users
      FOR EACH ROW WHEN (OLD.role = 'admin' AND NEW.role <> 'admin') EXECUTE FUNCTION keep_an_owner()`.execute(
    db,
  );
  // Those that wait: an invitation goes once it is accepted or revoked. The token is made when it is mailed.
  await sql`
    CREATE TABLE staff_invitations (
      id uuid PRIMARY KEY,
      email text NOT NULL UNIQUE CHECK (email = lower(email)),
      role text NOT NULL CHECK (role IN ('staff', 'admin')),
      staff_role_id uuid REFERENCES staff_roles,
      invited_by uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      token_hash bytea UNIQUE CHECK (octet_length(token_hash) = 32),
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      CHECK ((role = 'staff') = (staff_role_id IS NOT NULL))
    )`.execute(db);
  await sql`CREATE INDEX staff_invitations_staff_role_id_idx ON staff_invitations (staff_role_id)`.execute(
    db,
  );
  await sql`CREATE INDEX staff_invitations_invited_by_idx ON staff_invitations (invited_by)`.execute(
    db,
  );
  // A key that was revoked or has expired stays, so that what was done by it can be told.
  await sql`
    CREATE TABLE api_keys (
      id uuid PRIMARY KEY,
      name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
      key_hash bytea NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
      hint text NOT NULL,
      scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
      maker_id uuid NOT NULL REFERENCES users,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL CHECK (expires_at <= created_at + interval '366 days'),
      last_used_at timestamptz,
      revoked_at timestamptz,
      CONSTRAINT api_keys_scopes_known CHECK (scopes <@ ${sql.lit(SCOPES)}::text[])
    )`.execute(db);
  await sql`CREATE INDEX api_keys_maker_id_idx ON api_keys (maker_id)`.execute(db);
  // What somebody refunded in the last day is summed for each refund of theirs.
  await sql`CREATE INDEX refunds_actor_id_idx ON refunds (actor_id, created_at) WHERE origin = 'admin'`.execute(
    db,
  );
}

const areas = ['catalog', 'stock', 'orders', 'refunds', 'customers', 'settings', 'staff', 'audit'];
const names = areas.flatMap((area) => [`${area}:read`, `${area}:write`]);
const ALL = `{${names.join(',')}}`;
/** A program lets nobody in. */
const SCOPES = `{${names.filter((name) => name !== 'staff:write').join(',')}}`;
const WRITE_READS = areas
  .map((area) => `('${area}:read' = ANY (permissions) OR '${area}:write' <> ALL (permissions))`)
  .join(' AND ');

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX refunds_actor_id_idx, users_staff_role_id_idx, users_staff_idx`.execute(db);
  await sql`DROP TABLE api_keys, staff_invitations`.execute(db);
  await sql`DROP TRIGGER users_keep_an_owner ON users`.execute(db);
  await sql`DROP FUNCTION keep_an_owner`.execute(db);
  await sql`
    ALTER TABLE staff_roles
      DROP CONSTRAINT staff_roles_refund_limits_object,
      DROP CONSTRAINT staff_roles_name_length,
      DROP CONSTRAINT staff_roles_write_reads,
      DROP CONSTRAINT staff_roles_permissions_known,
      DROP COLUMN refund_limits`.execute(db);
}
