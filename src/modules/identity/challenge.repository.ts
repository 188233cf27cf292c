import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { deleteInParts } from '../../database/in-parts.ts';
import type { ChallengePurpose } from './identity.model.ts';

export interface ChallengeRow {
  readonly user_id: string | null;
  readonly data: Readonly<Record<string, string>>;
}

export async function insertChallenge(
  db: Db,
  challenge: {
    readonly tokenHash: Buffer;
    readonly purpose: ChallengePurpose;
    readonly userId: string | null;
    readonly data: Readonly<Record<string, string>>;
    readonly seconds: number;
  },
): Promise<void> {
  await db
    .insertInto('challenges')
    .values({
      token_hash: challenge.tokenHash,
      purpose: challenge.purpose,
      user_id: challenge.userId,
      data: JSON.stringify(challenge.data),
      expires_at: sql<Date>`now() + make_interval(secs => ${challenge.seconds})`,
    })
    .execute();
}

export async function findChallenge(
  db: Db,
  tokenHash: Buffer,
  purpose: ChallengePurpose,
): Promise<ChallengeRow | null> {
  const row = await db
    .selectFrom('challenges')
    .select(['user_id', 'data'])
    .where('token_hash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row ?? null;
}

/** One that was answered, and for how many seconds more it could have been. */
export type AnsweredChallenge = ChallengeRow & { readonly secondsLeft: number };

/** Uses up a challenge, for exactly one of any callers that race. */
export async function takeChallenge(
  tx: Tx,
  tokenHash: Buffer,
  purpose: ChallengePurpose,
): Promise<AnsweredChallenge | null> {
  const row = await tx
    .deleteFrom('challenges')
    .where('token_hash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning(['user_id', 'data'])
    .returning(sql<number>`extract(epoch FROM expires_at - now())::float8`.as('secondsLeft'))
    .executeTakeFirst();
  return row ?? null;
}

/** What was begun on the way an account was signed in to before leads nowhere any more. */
export async function dropChallengesOf(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('challenges').where('user_id', '=', userId).execute();
}

export function deleteExpiredChallenges(db: Db): Promise<void> {
  return deleteInParts(db, 'challenges', sql`expires_at < now()`);
}
