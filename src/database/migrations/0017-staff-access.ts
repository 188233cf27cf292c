import { type Kysely, sql } from 'kysely';

/** People who work in the shop, each with the permissions of their role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE staff_roles (
      id uuid PRIMARY KEY,
      name text NOT NULL UNIQUE,
      permissions text[] NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  // Checked apart from being set, so that the table is not locked against writing while its rows are read.
  await sql`
    ALTER TABLE users
      ADD COLUMN staff_role_id uuid,
      DROP CONSTRAINT users_role_check,
      ADD CONSTRAINT users_role_check CHECK (role IN ('customer', 'staff', 'admin')) NOT VALID,
      ADD CONSTRAINT users_staff_role_check
        CHECK ((role = 'staff') = (staff_role_id IS NOT NULL)) NOT VALID,
      ADD CONSTRAINT users_staff_role_id_fkey
        FOREIGN KEY (staff_role_id) REFERENCES staff_roles NOT VALID`.execute(db);
  await sql`ALTER TABLE users VALIDATE CONSTRAINT users_role_check`.execute(db);
  await sql`ALTER TABLE users VALIDATE CONSTRAINT users_staff_role_check`.execute(db);
  await sql`ALTER TABLE users VALIDATE CONSTRAINT users_staff_role_id_fkey`.execute(db);
}

/** Staff become customers: an older version knows no other way to keep them from all that an admin may. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`UPDATE users SET role = 'customer', staff_role_id = NULL WHERE role = 'staff'`.execute(
    db,
  );
  await sql`
    ALTER TABLE users
      DROP COLUMN staff_role_id,
      DROP CONSTRAINT users_role_check,
      ADD CONSTRAINT users_role_check CHECK (role IN ('customer', 'admin'))`.execute(db);
  await sql`DROP TABLE staff_roles`.execute(db);
}
