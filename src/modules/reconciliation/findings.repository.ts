import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import {
  type Finding,
  type FindingKind,
  findingKinds,
  type KnownFinding,
} from './reconciliation.model.ts';

interface Key {
  readonly kind: FindingKind;
  readonly subject: string;
}

/** Writes findings down and gives those that count: found by an earlier run too, or beyond any race. */
export async function upsertFindings(
  tx: Tx,
  runId: string,
  findings: readonly Finding[],
): Promise<KnownFinding[]> {
  const rows = findings.map((finding) => ({
    ...finding,
    certain: !findingKinds[finding.kind].secondLook,
  }));
  const { rows: known } = await sql<KnownFinding>`
    INSERT INTO reconciliation_findings AS known
      (kind, subject, detail, order_id, confirmed, first_run, last_run)
    SELECT kind, subject, detail, "orderId", certain, ${runId}, ${runId}
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS found
      (kind text, subject text, detail text, "orderId" uuid, certain boolean)
    ON CONFLICT (kind, subject) DO UPDATE SET
      detail = excluded.detail, order_id = excluded.order_id, last_run = excluded.last_run,
      confirmed = known.confirmed OR excluded.confirmed OR known.first_run <> excluded.last_run
    RETURNING ${KNOWN}`.execute(tx);
  return known.filter(({ confirmed }) => confirmed);
}

/** Forgets the findings about what was looked at and found right now; gives what they were. */
export async function dropOthers(
  tx: Tx,
  looked: { kinds: readonly FindingKind[]; subjects: readonly string[] },
  found: readonly Key[],
): Promise<Key[]> {
  const { rows } = await sql<Key>`
    DELETE FROM reconciliation_findings AS known
    WHERE kind = ANY(${looked.kinds}::text[]) AND subject = ANY(${looked.subjects}::text[])
      AND NOT EXISTS (
        SELECT FROM json_to_recordset(${JSON.stringify(found)}::json) AS found (kind text, subject text)
        WHERE found.kind = known.kind AND found.subject = known.subject)
    RETURNING kind, subject`.execute(tx);
  return rows;
}

/** What these kinds are about that this run has not looked at. */
export async function subjectsOf(
  db: Db,
  kinds: readonly FindingKind[],
  { notOfRun, limit }: { notOfRun: string; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ subject: string }>`
    SELECT subject FROM reconciliation_findings
    WHERE kind = ANY(${kinds}::text[])
    GROUP BY subject HAVING bool_and(last_run <> ${notOfRun})
    ORDER BY min(last_run::text)
    LIMIT ${limit}`.execute(db);
  return rows.map(({ subject }) => subject);
}

/** Everything that is found now and that no person dismissed. */
export async function openFindings(db: Db, limit: number): Promise<KnownFinding[]> {
  const { rows } = await sql<KnownFinding>`
    SELECT ${KNOWN} FROM reconciliation_findings
    WHERE ${UNDISMISSED} ORDER BY kind, subject LIMIT ${limit}`.execute(db);
  return rows;
}

/** How many findings count, by kind. */
export async function countFindings(
  db: Db,
): Promise<readonly { kind: FindingKind; count: number }[]> {
  const { rows } = await sql<{ kind: FindingKind; count: number }>`
    SELECT kind, count(*) AS count FROM reconciliation_findings
    WHERE confirmed AND ${UNDISMISSED} GROUP BY kind`.execute(db);
  return rows;
}

/** How many rows break an invariant, by the audit's check, which is how the subject begins. */
export async function countViolations(
  db: Db,
): Promise<readonly { check: string; count: number }[]> {
  const { rows } = await sql<{ check: string; count: number }>`
    SELECT split_part(subject, ': ', 1) AS check, count(*) AS count FROM reconciliation_findings
    WHERE kind IN ('stock_differs', 'books_differ') AND confirmed AND ${UNDISMISSED} GROUP BY 1`.execute(
    db,
  );
  return rows;
}

const KNOWN = sql`kind, subject, detail, order_id AS "orderId", confirmed, first_seen AS "firstSeen"`;
const UNDISMISSED = sql`NOT EXISTS (
  SELECT FROM admin_tasks
  WHERE admin_tasks.state = 'dismissed' AND admin_tasks.kind = reconciliation_findings.kind
    AND admin_tasks.subject = reconciliation_findings.subject
    AND admin_tasks.detail = reconciliation_findings.detail)`;
