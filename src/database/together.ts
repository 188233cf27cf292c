import { type QueryExecutorProvider, sql } from 'kysely';
import { tellingChanges } from './changes.ts';
import { type Db, type Tx, untilItHolds } from './database.ts';

declare const sentTogether: unique symbol;

/** The connection of a transaction, over which a statement is sent without waiting for the answers of others. */
export interface Together extends QueryExecutorProvider {
  readonly [sentTogether]: true;
}

/** Inside a transaction, for a statement that may be sent together with others. */
export type InTx = Tx | Together;

/** How far a transaction of few trips is; those of `inTransaction` are not in here. */
const stages = new WeakMap<Tx, 'new' | 'begun' | 'ended'>();

/**
 * As `inTransaction`, for work that asks by `together` alone: BEGIN is sent with the first statements, which must do no
 * harm outside a transaction, as they are sent before it is answered; COMMIT with those that are said to be the last.
 * @throws Error where none were: nothing is kept then.
 */
export function inFewTrips<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return untilItHolds(() =>
    tellingChanges(db, (begin) =>
      db.connection().execute(async (connection) => {
        const tx = connection as Tx;
        begin(tx);
        stages.set(tx, 'new');
        try {
          const result = await work(tx);
          if (stages.get(tx) === 'begun') throw new Error('Nothing was said to be the last.');
          return result;
        } finally {
          if (stages.get(tx) === 'begun') await sql`ROLLBACK`.execute(tx).catch(() => {});
        }
      }),
    ),
  );
}

/**
 * Does what of a transaction need not wait for each other's answers: the first statement of each is sent at once, and
 * they are done in that order, each seeing what those before it did. A trip to the server and back costs a busy process
 * more than most statements, as its answer waits in line with all that the process has to do. What is done so asks `at`:
 * `tx` itself waits for the end of it all.
 * @param last whether the transaction ends with this: then each is one statement, which returns nothing that could be
 * misread here and would be kept there.
 * @throws what the first that fails throws, once all have ended: nothing is sent after the rollback.
 */
export function together<T extends readonly Promise<unknown>[] | []>(
  tx: Tx,
  work: (at: Together) => T,
  { last = false } = {},
): Promise<{ -readonly [Key in keyof T]: Awaited<T[Key]> }> {
  const executor = tx.getExecutor();
  return executor.provideConnection(async (connection) => {
    const shared = executor.withConnectionProvider({
      provideConnection: (consumer) => consumer(connection),
    });
    const at = { getExecutor: () => shared } as Together;
    const begun = stages.get(tx) === 'new' ? sendBegin(tx, at) : undefined;
    const all = work(at);
    const ended = last && stages.has(tx) ? sendCommit(tx, at, all) : undefined;
    await Promise.allSettled([begun, ...all, ended]);
    await begun;
    const done = await Promise.all(all);
    await ended;
    return done;
  });
}

async function sendBegin(tx: Tx, at: Together): Promise<void> {
  stages.set(tx, 'begun');
  await sql`BEGIN`.execute(at);
}

/** Commits after statements that were all sent: where one fails there, PostgreSQL rolls back instead. */
async function sendCommit(tx: Tx, at: Together, all: readonly Promise<unknown>[]): Promise<void> {
  let isOneUnsent = false;
  for (const one of all)
    one.catch(() => {
      isOneUnsent = true;
    });
  // By then each of them has been sent, or failed on the way there.
  await new Promise(process.nextTick);
  if (isOneUnsent) return;
  await sql`COMMIT`.execute(at);
  stages.set(tx, 'ended');
}
