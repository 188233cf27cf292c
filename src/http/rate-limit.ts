import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { deleteInParts } from '../database/in-parts.ts';
import { ShopError } from '../shared/errors.ts';
import type { Rate } from './limits/gcra.ts';

/** One bucket: what is limited (`sign-in:account`) and for whom (an address, an account). */
export interface Bucket extends Rate {
  readonly name: string;
  readonly subject: string;
}

export interface RateLimiter {
  /**
   * Takes one token from every bucket, or from none. Returns how to give them back.
   * @throws ShopError rate_limited, with the seconds to wait, when one is empty.
   */
  take(buckets: readonly Bucket[]): Promise<() => Promise<void>>;
}

/** Rate limits that hold across instances, as they are kept in the database. Switched off, it refuses nothing. */
export function createRateLimiter(db: Db, { enabled }: { enabled: boolean }): RateLimiter {
  if (!enabled) return { take: async () => async () => undefined };
  return {
    async take(buckets) {
      const taken: Bucket[] = [];
      const giveTakenBack = async (): Promise<void> => {
        for (const bucket of taken) await giveBack(db, keyOf(bucket), bucket);
      };
      for (const bucket of buckets) {
        const retryAfterSeconds = await takeToken(db, keyOf(bucket), bucket);
        if (retryAfterSeconds !== null) {
          await giveTakenBack();
          throw tooMany(retryAfterSeconds);
        }
        taken.push(bucket);
      }
      return giveTakenBack;
    },
  };
}

/**
 * Takes one token, or returns the seconds until there is one again. One statement, so parallel requests cannot
 * share a token. Generic cell rate algorithm (ATM Forum TM 4.0, 4.4.2): the row holds when the next token is due
 * at an even pace, which may run ahead of the clock by one period at most. What is further ahead is of before the
 * database's clock was set back, as by a failover, and begins anew.
 */
export async function takeToken(
  db: Db,
  key: string,
  { limit, periodSeconds }: Rate,
): Promise<number | null> {
  const pace = periodSeconds / limit;
  const due = sql`CASE WHEN current.theoretical_arrival <= clock_timestamp() + make_interval(secs => ${periodSeconds})
    THEN greatest(current.theoretical_arrival, clock_timestamp()) ELSE clock_timestamp() END`;
  const { rows } = await sql<{ taken: boolean; wait: number | null }>`
    WITH taken AS (
      INSERT INTO rate_limits AS current (key, theoretical_arrival)
      VALUES (${key}, clock_timestamp() + make_interval(secs => ${pace}))
      ON CONFLICT (key) DO UPDATE
        SET theoretical_arrival = ${due} + make_interval(secs => ${pace})
        WHERE ${due} + make_interval(secs => ${pace})
          <= clock_timestamp() + make_interval(secs => ${periodSeconds})
      RETURNING 1
    )
    SELECT EXISTS (SELECT FROM taken) AS taken, (
      SELECT extract(epoch FROM theoretical_arrival - clock_timestamp())::float8
      FROM rate_limits WHERE key = ${key}
    ) AS wait`.execute(db);
  const [row] = rows;
  if (row?.taken) return null;
  // The row of a bucket that was just made may be younger than this statement's view of the table.
  const ahead = row?.wait ?? periodSeconds;
  return Math.max(1, Math.ceil(ahead + pace - periodSeconds));
}

/** Gives a token back whose request turned out not to count. */
export async function giveBack(db: Db, key: string, { limit, periodSeconds }: Rate): Promise<void> {
  await sql`
    UPDATE rate_limits
    SET theoretical_arrival = theoretical_arrival - make_interval(secs => ${periodSeconds / limit})
    WHERE key = ${key}`.execute(db);
}

/** Removes the buckets that are full again, which is the same as never used. */
export function forgetFullBuckets(db: Db): Promise<void> {
  return deleteInParts(db, 'rate_limits', sql`theoretical_arrival < now()`);
}

/** Buckets are stored under a hash, so that the table holds no addresses. */
function keyOf({ name, subject }: Bucket): string {
  return `${name}:${createHash('sha256').update(subject).digest('base64url')}`;
}

function tooMany(retryAfterSeconds: number): ShopError {
  return new ShopError(
    'rate_limited',
    `Too many attempts. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`,
    { retryAfterSeconds },
  );
}
