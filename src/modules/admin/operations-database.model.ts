import type { Part, Readings } from './operations.model.ts';
import { duration } from './operations-words.model.ts';

/** The primary, and this process's connections to it. */
export function databasePart({ vitals, pool }: Readings): Part {
  const about = {
    name: 'Database',
    runbook: 'one-order.md#a-request-was-answered-503',
    href: null,
  };
  if (vitals === null)
    return { ...about, state: 'bad', sentence: 'It did not answer within two seconds.' };
  const { connections, maxConnections, claimedConnections, connectionLimit } = vitals;
  const { lockWaits, oldestTransactionSeconds, sizeBytes } = vitals;
  const crowded = connections > maxConnections * 0.8;
  const tooMany = claimedConnections > connectionLimit;
  const slow = oldestTransactionSeconds > 60 || lockWaits > 10;
  return {
    ...about,
    ...(tooMany && { runbook: 'too-many-connections.md' }),
    state:
      crowded || pool.waiting > pool.max
        ? 'bad'
        : slow || tooMany || pool.waiting > 0
          ? 'warn'
          : 'ok',
    sentence: `It answers. ${connections} of ${maxConnections} connections, and the processes may open ${claimedConnections} of ${connectionLimit}; of this process ${pool.busy} of ${pool.max} busy, ${pool.waiting} waiting for one; ${lockWaits} waiting for a lock; oldest transaction ${duration(oldestTransactionSeconds)}; ${Math.round(sizeBytes / 1e6)} MB.`,
  };
}

/** None where everything is read from the primary. */
export function replicaParts({ replicas }: Readings): Part[] {
  if (replicas.length === 0) return [];
  const well = replicas.filter((one) => one.well).length;
  const each = replicas.map(
    ({ replica, lag }) =>
      `${replica} ${lag === null ? 'does not answer' : `lacks ${duration(lag.seconds)}`}`,
  );
  return [
    {
      name: 'Replicas',
      state: well === replicas.length ? 'ok' : well > 0 ? 'warn' : 'bad',
      sentence: `This process reads from ${well} of ${replicas.length}; ${each.join(', ')}.`,
      runbook: 'replicas.md',
      href: null,
    },
  ];
}
