/**
 * SQLSTATEs of a database that cannot be reached or does not serve: lost and refused connections (08, 57P), exhausted
 * resources (53), a server that only reads (25006), or has no place of its own in the log as it replays another's
 * (55000), transactions ended for idling (25P03) or for their length (25P04).
 */
const UNREACHABLE = /^(08...|53...|57P..|25006|55000|25P0[34])$/;
/** Of work that met other work: lock timeout, statement timeout, serialization failure, deadlock. */
const CONTENTION = /^(55P03|57014|40001|40P01)$/;
/** A table, column or function that is not there. */
const UNKNOWN_OBJECT = /^(42P01|42703|42883)$/;
/** The connection itself, as Node names what happened to it. */
const CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What pg and its pool throw without a code. */
const DRIVER =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Client was closed and is not queryable|Cannot use a pool after calling end)/;

/**
 * Whether the database could not do the work now, where the same may succeed a moment later. Whether a lost commit
 * happened is not known, so only what is safe to repeat may be repeated.
 */
export function isDatabaseTrouble(error: unknown): boolean {
  return isUnreachable(error) || (error instanceof Error && CONTENTION.test(codeOf(error)));
}

/** Whether the database itself is gone or full, so that other work would fare no better. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return (
    UNREACHABLE.test(code) ||
    CONNECTION.has(code) ||
    DRIVER.test(error.message) ||
    // As where a server that is away took its socket's file with it.
    (error as NodeJS.ErrnoException).syscall === 'connect'
  );
}

/**
 * Whether a read failed for what is the matter with this server alone, so that another may answer it: it went away,
 * replaying the log cancelled the query (40001, 40P01), or it has not replayed a migration yet (42P01, 42703, 42883).
 */
export function isOfTheServer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return isUnreachable(error) || wasRolledBack(error) || UNKNOWN_OBJECT.test(codeOf(error));
}

/** Another transaction was quicker: this one is undone and run again, as PostgreSQL's serialization failures are. */
export class LostRace extends Error {
  readonly code = '40001';
}

/** Whether it waited for locks of others for too long, or was ended for their sake: nothing of it happened. */
export function isOfLocks(error: unknown): boolean {
  return error instanceof Error && ['55P03', '40P01'].includes(codeOf(error));
}

/** Whether PostgreSQL itself rolled the transaction back for the sake of another: nothing of it happened. */
export function wasRolledBack(error: unknown): boolean {
  return error instanceof Error && ['40001', '40P01'].includes(codeOf(error));
}

/** Whether a row was refused as a unique constraint has another with its key. */
export function isTaken(error: unknown, constraint: string): boolean {
  if (!(error instanceof Error) || codeOf(error) !== '23505') return false;
  return (error as { constraint?: string }).constraint === constraint;
}

function codeOf(error: Error): string {
  return String((error as { code?: unknown }).code ?? '');
}
