import { type Kysely, sql } from 'kysely';

/** Second factors, what signs people in beside a password, and how fresh a session's proof of its person is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // No foreign key to the passkey: removing one ends its sessions, whose rows stay for their week.
  await sql`
    ALTER TABLE sessions
      ADD COLUMN confirmed_at timestamptz,
      ADD COLUMN passkey_id uuid`.execute(db);
  // The secret is encrypted; last_step is the time step of the newest code that was taken.
  await sql`
    CREATE TABLE totp_secrets (
      user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
      secret bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      confirmed_at timestamptz,
      last_step bigint NOT NULL DEFAULT 0
    )`.execute(db);
  await sql`
    CREATE TABLE recovery_codes (
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      code_hash bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      used_at timestamptz,
      PRIMARY KEY (user_id, code_hash)
    )`.execute(db);
  await sql`
    CREATE TABLE passkeys (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      credential_id text NOT NULL UNIQUE,
      public_key bytea NOT NULL,
      counter bigint NOT NULL,
      transports text[] NOT NULL,
      name text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      last_used_at timestamptz
    )`.execute(db);
  await sql`CREATE INDEX passkeys_user_id_idx ON passkeys (user_id)`.execute(db);
  // What an answer is awaited for: a second step, a passkey's signature, a provider's word. Used once.
  await sql`
    CREATE TABLE challenges (
      token_hash bytea PRIMARY KEY,
      purpose text NOT NULL,
      user_id uuid REFERENCES users ON DELETE CASCADE,
      data jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX challenges_user_id_idx ON challenges (user_id)`.execute(db);
  await sql`CREATE INDEX challenges_expires_at_idx ON challenges (expires_at)`.execute(db);
  await sql`
    CREATE TABLE provider_accounts (
      issuer text NOT NULL,
      subject text NOT NULL,
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (issuer, subject)
    )`.execute(db);
  await sql`CREATE INDEX provider_accounts_user_id_idx ON provider_accounts (user_id)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE provider_accounts, challenges, passkeys, recovery_codes, totp_secrets`.execute(
    db,
  );
  await sql`ALTER TABLE sessions DROP COLUMN passkey_id, DROP COLUMN confirmed_at`.execute(db);
}
