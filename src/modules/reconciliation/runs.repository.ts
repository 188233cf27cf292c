import { type Selectable, sql } from 'kysely';
import { type Db, inTransaction } from '../../database/database.ts';
import { newId } from '../../shared/ids.ts';
import type { Counts, ReconciliationTables, Run, RunTrigger } from './reconciliation.model.ts';

/** How long a run counts as alive after it last said so; the next one waits that long for one that was killed. */
const ALIVE_SECONDS = 120;
const KEPT_DAYS = 90;

/**
 * Begins a run and says when that was, by the clock of the rows that it will look at; null while another is alive. One
 * that died is ended here, for its cursors to be gone on from.
 */
export async function beginRun(
  db: Db,
  trigger: RunTrigger,
): Promise<{ id: string; startedAt: Date } | null> {
  return inTransaction(db, async (tx) => {
    await sql`
      UPDATE reconciliation_runs SET finished_at = now(), error = 'it ended without a word'
      WHERE finished_at IS NULL AND (alive_until < now()
        -- Of before the database's clock was set back, as by a failover.
        OR alive_until > now() + make_interval(secs => ${2 * ALIVE_SECONDS}))`.execute(tx);
    await sql`
      DELETE FROM reconciliation_runs
      WHERE finished_at < now() - make_interval(days => ${KEPT_DAYS})`.execute(tx);
    const { rows } = await sql<{ id: string; startedAt: Date }>`
      INSERT INTO reconciliation_runs (id, trigger, alive_until)
      VALUES (${newId()}, ${trigger}, now() + make_interval(secs => ${ALIVE_SECONDS}))
      ON CONFLICT DO NOTHING
      RETURNING id, started_at AS "startedAt"`.execute(tx);
    return rows[0] ?? null;
  });
}

/** Says that a run is alive; false when another took over. */
export async function renewRun(db: Db, id: string): Promise<boolean> {
  const result = await db
    .updateTable('reconciliation_runs')
    .set({ alive_until: sql`now() + make_interval(secs => ${ALIVE_SECONDS})` })
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Writes down how a run went. */
export async function endRun(
  db: Db,
  id: string,
  end: {
    window: Run['window'];
    compared: Counts;
    healed: Counts;
    findings: number | null;
    unfinished: boolean;
    error: string | null;
  },
): Promise<void> {
  await db
    .updateTable('reconciliation_runs')
    .set({
      finished_at: sql`now()`,
      window_from: end.window?.from ?? null,
      window_to: end.window?.to ?? null,
      compared: JSON.stringify(end.compared),
      healed: JSON.stringify(end.healed),
      findings: end.findings,
      unfinished: end.unfinished,
      error: end.error,
    })
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .execute();
}

export async function findLastRun(db: Db): Promise<Run | null> {
  const row = await db
    .selectFrom('reconciliation_runs')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? toRun(row) : null;
}

/** When a run last read all that it was to read. */
export async function findLastSuccess(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('reconciliation_runs')
    .select('finished_at')
    .where('error', 'is', null)
    .where('unfinished', '=', false)
    .where('finished_at', 'is not', null)
    .orderBy('finished_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.finished_at ?? null;
}

function toRun(row: Selectable<ReconciliationTables['reconciliation_runs']>): Run {
  const { window_from: from, window_to: to } = row;
  return {
    id: row.id,
    trigger: row.trigger,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    window: from && to ? { from, to } : null,
    compared: row.compared,
    healed: row.healed,
    findings: row.findings,
    unfinished: row.unfinished,
    error: row.error,
  };
}
