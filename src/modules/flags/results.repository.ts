import { type Selectable, sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import type { FlagTables } from './flags.model.ts';

export type ExperimentRow = Selectable<FlagTables['flag_experiments']>;

/** The experiments of a flag, newest first. */
export function findExperiments(db: Db, flagKey: string, limit: number): Promise<ExperimentRow[]> {
  return db
    .selectFrom('flag_experiments')
    .selectAll()
    .where('flag_key', '=', flagKey)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

export interface VariantCounts {
  variant: string;
  visitors: number;
  /** Of them, who placed an order after they saw it, and who placed one that was paid. */
  ordered: number;
  paid: number;
  /** Of them, who saw another variant later. */
  strayed: number;
}

/**
 * Who saw which variant first, and what they ordered from then to the end of the experiment. Visitors who signed in as
 * one customer are one, whatever browsers they used.
 */
export async function countByVariant(
  db: Db,
  { id, ended_at }: Pick<ExperimentRow, 'id' | 'ended_at'>,
): Promise<VariantCounts[]> {
  const { rows } = await sql<VariantCounts>`
    WITH people AS (
      SELECT coalesce(visitor.customer_id, exposure.visitor_id) AS person,
        (array_agg(exposure.variant ORDER BY exposed_at, exposure.variant))[1] AS variant,
        min(exposed_at) AS since, count(DISTINCT exposure.variant) > 1 AS strayed
      FROM flag_exposures AS exposure LEFT JOIN flag_visitors AS visitor USING (visitor_id)
      WHERE experiment_id = ${id}
      GROUP BY person
    ), buyers AS (
      SELECT person, bool_or(orders.status IN ('paid', 'fulfilled', 'delivered')) AS paid
      FROM people JOIN orders ON orders.customer_id = person AND orders.created_at >= since
        AND orders.created_at <= coalesce(${ended_at}::timestamptz, 'infinity')
      GROUP BY person
    )
    SELECT variant, count(*)::int AS visitors, count(buyers.person)::int AS ordered,
      count(*) FILTER (WHERE buyers.paid)::int AS paid, count(*) FILTER (WHERE strayed)::int AS strayed
    FROM people LEFT JOIN buyers USING (person)
    GROUP BY variant`.execute(db);
  return rows;
}
