import { sql } from 'kysely';
import type { Tx } from '../../database/database.ts';
import { unhurried } from '../../database/unhurried.ts';
import type { Check, CheckResult, Offender } from './audit.model.ts';

/** Rows shown of each check; all are counted. */
const SHOWN = 20;

/** Runs one check and gives what it found, bounded. */
export async function runCheck(tx: Tx, check: Check): Promise<CheckResult> {
  const { offenders, ...about } = check;
  const { rows } = await sql<Offender & { count: number }>`${unhurried}
    SELECT subject, detail, count(*) OVER () AS count
    FROM (${offenders}) AS offender
    ORDER BY subject, detail
    LIMIT ${SHOWN}`.execute(tx);
  return {
    ...about,
    count: rows[0]?.count ?? 0,
    offenders: rows.map(({ subject, detail }) => ({ subject, detail })),
  };
}
