import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { ERASED, ERASED_EMAIL } from '../../shared/erased.ts';

export async function openOrders(db: Db, customerId: string): Promise<number[]> {
  const rows = await db
    .selectFrom('orders')
    .select('number')
    .where('customer_id', '=', customerId)
    .where((eb) =>
      eb.or([
        eb('status', '=', 'pending'),
        eb.and([
          eb('status', 'in', ['paid', 'fulfilled']),
          // One that costs nothing cannot be given back.
          eb.or([eb('refunded_total', '<', eb.ref('total')), eb('total', '=', 0)]),
        ]),
      ]),
    )
    .orderBy('number')
    .limit(20)
    .execute();
  return rows.map(({ number }) => number);
}

export async function eraseContacts(tx: Tx, customerId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    UPDATE orders SET email = ${ERASED_EMAIL},
      shipping_address = CASE WHEN shipping_address IS NOT NULL THEN jsonb_build_object(
        'name', ${ERASED}::text, 'line1', ${ERASED}::text, 'city', ${ERASED}::text, 'postalCode', ${ERASED}::text,
        'country', shipping_address -> 'country') END
    WHERE id IN (
      SELECT id FROM orders WHERE customer_id = ${customerId} AND email <> ${ERASED_EMAIL}
      ORDER BY id LIMIT ${limit})
    RETURNING id`.execute(tx);
  return rows.map(({ id }) => id);
}
