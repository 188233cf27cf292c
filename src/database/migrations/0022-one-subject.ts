import { type Kysely, sql } from 'kysely';

/** An account is one subject at a provider: an address that is given to somebody else there opens nothing here. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE provider_accounts
      ADD CONSTRAINT provider_accounts_one_subject UNIQUE (issuer, user_id)`.execute(db);
  await sql`
    ALTER TABLE passkeys
      ADD CONSTRAINT passkeys_counter_check CHECK (counter >= 0),
      ADD CONSTRAINT passkeys_name_length CHECK (char_length(name) BETWEEN 1 AND 60)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE passkeys
      DROP CONSTRAINT passkeys_name_length,
      DROP CONSTRAINT passkeys_counter_check`.execute(db);
  await sql`ALTER TABLE provider_accounts DROP CONSTRAINT provider_accounts_one_subject`.execute(
    db,
  );
}
