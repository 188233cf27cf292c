import type { Db } from '../../database/database.ts';
import type { Logger } from '../../telemetry/logger.ts';
import {
  enqueueEarlyRefunds,
  enqueueUnappliedEvents,
  enqueueUnclosedCheckouts,
  enqueueUnfinishedCheckouts,
  enqueueUnsentRefunds,
} from './repairs.repository.ts';

/**
 * Sees to it that everything about money that was begun has a job that finishes it, also where a crash or a person
 * took the job away. Harmless wherever and however often it runs.
 */
export async function repairPayments({ db, logger }: { db: Db; logger: Logger }): Promise<void> {
  const lost = {
    unfinishedCheckouts: await enqueueUnfinishedCheckouts(db),
    unclosedCheckouts: await enqueueUnclosedCheckouts(db),
    unsentRefunds: await enqueueUnsentRefunds(db),
    earlyRefunds: await enqueueEarlyRefunds(db),
    unappliedEvents: await enqueueUnappliedEvents(db),
  };
  if (Object.values(lost).some((count) => count > 0))
    logger.warn(lost, 'work without a job was enqueued again');
}
