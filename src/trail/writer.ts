import { type Db, inTransaction } from '../database/database.ts';
import { isDatabaseTrouble } from '../database/failures.ts';
import { repeatToTheEnd } from '../shared/repeat.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { LooseActs } from './loose-acts.ts';
import { append } from './trail.ts';

interface WriterDeps {
  readonly db: Db;
  readonly acts: LooseActs;
  readonly logger: Logger;
}

const WRITE_EVERY_MS = 1000;
/** Written in one transaction, which holds the trail's head meanwhile: some milliseconds. */
const AT_ONCE = 50;

/** Writes loose acts into the trail once a second, and at the end. While the database is away they wait in memory. */
export function startTrailWriter(deps: WriterDeps): { stop(): Promise<void> } {
  return repeatToTheEnd(
    WRITE_EVERY_MS,
    (turn) => writeLooseActs(deps, turn),
    (error) => deps.logger.warn({ err: error }, 'the audit trail could not be written'),
  );
}

/** Writes what waits. @throws what the database throws; where that may pass, nothing is lost. */
export async function writeLooseActs(
  { db, acts }: Pick<WriterDeps, 'db' | 'acts'>,
  { last = false } = {},
): Promise<void> {
  for (;;) {
    const taken = acts.take(AT_ONCE, { last });
    if (taken.length === 0) return;
    try {
      await inTransaction(db, async (tx) => {
        for (const act of taken) await append(tx, act, act);
      });
    } catch (error) {
      if (isDatabaseTrouble(error)) acts.putBack(taken);
      throw error;
    }
  }
}
