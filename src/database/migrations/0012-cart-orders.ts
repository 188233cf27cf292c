import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // Names the order that this cart becomes, whichever tab sends it; null: the cart's own id does.
  await sql`ALTER TABLE carts ADD COLUMN order_key uuid`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE carts DROP COLUMN order_key`.execute(db);
}
