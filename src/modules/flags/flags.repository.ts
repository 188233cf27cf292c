import { randomInt } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import type { Flag, FlagSettings, FlagTables, Segment } from './flags.model.ts';

type FlagRow = Selectable<FlagTables['flags']> & { experiment_id: string | null };

/** Below what forms take, with as much room above for changes as nobody makes. */
const MOST_AT_FIRST = 900_000_000;

/** Another one each time: what was deleted and made anew is not what somebody saw before. */
function firstVersion(): number {
  return randomInt(1, MOST_AT_FIRST);
}

/** Every flag that was ever set, also those that the code no longer knows, by key. */
export async function findFlags(db: Db): Promise<Flag[]> {
  return (await flags(db).orderBy('key').execute()).map(toFlag);
}

export async function findFlag(db: Db, key: string): Promise<Flag | null> {
  const row = await flags(db).where('key', '=', key).executeTakeFirst();
  return row ? toFlag(row) : null;
}

/**
 * Sets a flag that has the version somebody saw (0: nobody has set it), and raises it; false where it has another one
 * by now. The salt stays what it was.
 */
export async function writeFlag(
  tx: Tx,
  key: string,
  seenVersion: number,
  settings: FlagSettings & { readonly salt: string },
): Promise<boolean> {
  const { enabled, rollout, salt } = settings;
  const columns = {
    enabled,
    rollout,
    rules: JSON.stringify(settings.rules),
    weights: JSON.stringify(settings.weights),
  };
  if (seenVersion > 0) {
    const { numUpdatedRows } = await tx
      .updateTable('flags')
      .set({ ...columns, version: sql`version + 1`, changed_at: sql`now()` })
      .where('key', '=', key)
      .where('version', '=', seenVersion)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }
  const row = await tx
    .insertInto('flags')
    .values({ key, salt, version: firstVersion(), ...columns })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets a flag that has the version somebody saw, with its experiments; false where it has another one. */
export async function deleteFlag(tx: Tx, key: string, seenVersion: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('flags')
    .where('key', '=', key)
    .where('version', '=', seenVersion)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

export async function insertExperiment(
  tx: Tx,
  { id, key, weights }: { id: string; key: string; weights: FlagSettings['weights'] },
): Promise<void> {
  await tx
    .insertInto('flag_experiments')
    .values({ id, flag_key: key, weights: JSON.stringify(weights), ended_at: null })
    .execute();
}

export async function endExperiment(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('flag_experiments')
    .set({ ended_at: sql`greatest(now(), started_at)` })
    .where('id', '=', id)
    .execute();
}

export async function findSegments(db: Db): Promise<Segment[]> {
  const rows = await db.selectFrom('flag_segments').selectAll().orderBy('key').execute();
  return rows.map(({ key, customer_ids, email_domains, version }) => ({
    key,
    customerIds: customer_ids,
    emailDomains: email_domains,
    version,
  }));
}

/** Sets a segment that has the version somebody saw (0: there is none); false where it has another one by now. */
export async function writeSegment(
  tx: Tx,
  { key, customerIds, emailDomains, version }: Segment,
): Promise<boolean> {
  const columns = { customer_ids: [...customerIds], email_domains: [...emailDomains] };
  if (version > 0) {
    const { numUpdatedRows } = await tx
      .updateTable('flag_segments')
      .set({ ...columns, version: sql`version + 1`, changed_at: sql`now()` })
      .where('key', '=', key)
      .where('version', '=', version)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }
  const row = await tx
    .insertInto('flag_segments')
    .values({ key, version: firstVersion(), ...columns })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteSegment(tx: Tx, key: string, version: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('flag_segments')
    .where('key', '=', key)
    .where('version', '=', version)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

function flags(db: Db) {
  return db
    .selectFrom('flags')
    .selectAll('flags')
    .select((eb) =>
      eb
        .selectFrom('flag_experiments')
        .select('id')
        .whereRef('flag_key', '=', 'flags.key')
        .where('ended_at', 'is', null)
        .as('experiment_id'),
    );
}

function toFlag({ changed_at, experiment_id, ...row }: FlagRow): Flag {
  return { ...row, experimentId: experiment_id, changedAt: changed_at };
}
