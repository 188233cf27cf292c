import { sql } from 'kysely';
import { BEGINNING, columnsOf, hashOf } from '../../trail/chain.ts';
import type { TrailHead } from '../../trail/trail.ts';
import type { Check } from './audit.model.ts';

const hash = hashOf(columnsOf('trail'));

/** Who did what is told once and stays told: each row as it was written, in its order, up to the head. */
export const trailChecks: readonly Check[] = [
  {
    name: 'trail-is-whole',
    severity: 'finding',
    claim: 'no act of the audit trail was changed, removed, put in or moved since it was written',
    // One pass along the primary key: rows are hashed as they come, none is kept.
    offenders: sql`
      SELECT 'act ' || position AS subject, concat_ws(', ',
        CASE WHEN position <> coalesce(before, 0) + 1 THEN format('follows %s', coalesce(before, 0)) END,
        CASE WHEN previous_hash <> coalesce(hash_before, ${BEGINNING}) THEN 'not chained to the one before' END,
        CASE WHEN hash <> ours THEN 'changed' END) AS detail
      FROM (
        SELECT position, previous_hash, hash, ${hash} AS ours, lag(position) OVER chain AS before,
          lag(hash) OVER chain AS hash_before
        FROM trail WINDOW chain AS (ORDER BY position)
      ) AS link
      WHERE position <> coalesce(before, 0) + 1 OR hash <> ours
        OR previous_hash <> coalesce(hash_before, ${BEGINNING})
      UNION ALL
      SELECT 'act ' || coalesce(head.position, 0), format('the head is %s, the last act %s', head.position, tail.position)
      FROM (VALUES (true)) AS one (id) LEFT JOIN trail_head AS head USING (id)
      LEFT JOIN LATERAL (SELECT position, hash FROM trail ORDER BY position DESC LIMIT 1) AS tail ON true
      WHERE (head.position, head.hash) IS DISTINCT FROM (coalesce(tail.position, 0), coalesce(tail.hash, ${BEGINNING}))`,
  },
];

/** The check that a head noted elsewhere still stands: nothing up to it was changed, nor cut off. */
export function headCheck({ position, hash }: TrailHead): Check {
  return {
    name: 'trail-keeps-head',
    severity: 'finding',
    claim: `the audit trail still has act ${position} with the hash that was noted`,
    offenders: sql`
      SELECT ${`act ${position}`}::text AS subject,
        coalesce('its hash is ' || encode(trail.hash, 'hex'), 'it is gone') AS detail
      FROM (VALUES (${position}::bigint)) AS noted (position) LEFT JOIN trail USING (position)
      WHERE coalesce(encode(trail.hash, 'hex'), CASE WHEN noted.position = 0 THEN ${hash}::text END, '') <> ${hash}::text`,
  };
}
