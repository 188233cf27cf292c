import type { Db } from '../../database/database.ts';
import { isDatabaseTrouble } from '../../database/failures.ts';
import { repeatToTheEnd } from '../../shared/repeat.ts';
import { KEPT_DAYS } from '../../shared/retention.ts';
import type { ActivityLog } from '../../telemetry/activity.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { deleteOlder, insertActivity } from './activity.repository.ts';

export { recentFailures } from './activity.repository.ts';

const WRITE_EVERY_MS = 250;

/**
 * Writes down what was done, four times a second and at the end. While the database is away it waits in memory, up to the
 * log's bound; what cannot be written at all is dropped, so that it stands in nobody's way.
 */
export function startActivityWriter(deps: { db: Db; activity: ActivityLog; logger: Logger }): {
  stop(): Promise<void>;
} {
  return repeatToTheEnd(
    WRITE_EVERY_MS,
    () => writeActivity(deps),
    (error) => deps.logger.warn({ err: error }, 'what was done could not be written down'),
  );
}

/** Writes what waits. @throws what the database throws; where that may pass, nothing is lost. */
export async function writeActivity({
  db,
  activity,
}: {
  db: Db;
  activity: ActivityLog;
}): Promise<void> {
  const entries = activity.take();
  if (entries.length === 0) return;
  try {
    await insertActivity(db, entries);
  } catch (error) {
    if (isDatabaseTrouble(error)) activity.putBack(entries);
    else activity.drop(entries);
    throw error;
  }
}

/** Forgets what was done a month ago. */
export function forgetActivity(db: Db, now = new Date()): Promise<void> {
  return deleteOlder(db, new Date(now.getTime() - KEPT_DAYS.activity * 24 * 3600 * 1000));
}
