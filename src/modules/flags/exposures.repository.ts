import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { deleteInParts } from '../../database/in-parts.ts';

/** A visitor who saw a variant of an experiment. */
export interface Exposure {
  readonly experimentId: string;
  readonly visitorId: string;
  readonly variant: string;
  /** How long ago, in milliseconds. */
  readonly ageMs: number;
}

/**
 * Writes exposures in one statement, their time by the clock that orders have theirs of; those that were written
 * before, by another process or a commit whose answer was lost, once. What came after an experiment's end, or belongs to
 * one that is gone, is left out.
 */
export async function insertExposures(db: Db, exposures: readonly Exposure[]): Promise<void> {
  const column = <T>(of: (exposure: Exposure) => T): T[] => exposures.map(of);
  await sql`
    INSERT INTO flag_exposures (experiment_id, visitor_id, variant, exposed_at)
    SELECT new.experiment_id, new.visitor_id, new.variant, exposed_at
    FROM unnest(
      ${column(({ experimentId }) => experimentId)}::uuid[], ${column(({ visitorId }) => visitorId)}::uuid[],
      ${column(({ variant }) => variant)}::text[], ${column(({ ageMs }) => ageMs)}::float8[]
    ) AS new (experiment_id, visitor_id, variant, age_ms)
      JOIN flag_experiments AS experiment ON experiment.id = new.experiment_id
      CROSS JOIN LATERAL (SELECT now() - make_interval(secs => age_ms / 1000) AS exposed_at) AS time
    WHERE experiment.ended_at IS NULL OR exposed_at <= experiment.ended_at
    ORDER BY new.experiment_id, new.visitor_id, new.variant
    ON CONFLICT DO NOTHING`.execute(db);
}

/** Deletes the exposures of experiments that ended so many days ago. */
export function deleteOldExposures(db: Db, days: number): Promise<void> {
  return deleteInParts(
    db,
    'flag_exposures',
    sql`experiment_id IN (
      SELECT id FROM flag_experiments WHERE ended_at < now() - make_interval(days => ${days}))`,
  );
}

/** The visitor that a customer is taken for in browsers: the first that turned out to be them, or null. */
export async function findVisitorOf(db: Db, customerId: string): Promise<string | null> {
  const row = await db
    .selectFrom('flag_visitors')
    .select('visitor_id')
    .where('customer_id', '=', customerId)
    .orderBy('linked_at')
    .orderBy('visitor_id')
    .limit(1)
    .executeTakeFirst();
  return row?.visitor_id ?? null;
}

/**
 * Says that a visitor is a customer. Where that customer saw an experiment under their own id before, they stay the
 * visitor of that id.
 */
export async function linkVisitor(db: Db, visitorId: string, customerId: string): Promise<void> {
  await sql`
    INSERT INTO flag_visitors (visitor_id, customer_id, linked_at)
    SELECT ${customerId}::uuid, ${customerId}::uuid, now() - interval '1 microsecond'
    WHERE EXISTS (SELECT FROM flag_exposures WHERE visitor_id = ${customerId})
      AND NOT EXISTS (SELECT FROM flag_visitors WHERE customer_id = ${customerId})
    UNION ALL SELECT ${visitorId}::uuid, ${customerId}::uuid, now()
    ON CONFLICT DO NOTHING`.execute(db);
}

/** Forgets what a customer saw of experiments, and which visitors they were. */
export async function deleteVisitsOf(tx: Tx, customerId: string): Promise<void> {
  await sql`
    DELETE FROM flag_exposures WHERE visitor_id = ${customerId}
      OR visitor_id IN (SELECT visitor_id FROM flag_visitors WHERE customer_id = ${customerId})`.execute(
    tx,
  );
  await tx.deleteFrom('flag_visitors').where('customer_id', '=', customerId).execute();
}

/** Takes a customer out of segments and rules; returns whether they were in any. */
export async function untarget(tx: Tx, customerId: string): Promise<boolean> {
  const segments = await sql`
    UPDATE flag_segments SET customer_ids = array_remove(customer_ids, ${customerId}::uuid), version = version + 1
    WHERE ${customerId}::uuid = ANY (customer_ids)`.execute(tx);
  // No customer has the id that is put in its place.
  const flags = await sql`
    UPDATE flags SET version = version + 1,
      rules = replace(rules::text, ${customerId}::text, '00000000-0000-0000-0000-000000000000')::jsonb
    WHERE rules::text LIKE '%' || ${customerId}::text || '%'`.execute(tx);
  return Number(segments.numAffectedRows) + Number(flags.numAffectedRows) > 0;
}
