import type { Db, Tx } from '../../database/database.ts';
import {
  type AnsweredChallenge,
  type ChallengeRow,
  findChallenge,
  insertChallenge,
  takeChallenge,
} from './challenge.repository.ts';
import type { ChallengePurpose } from './identity.model.ts';
import { hashSecretToken, newSecretToken } from './secret-token.model.ts';

/** Begins something that an answer is awaited for; returns the token that names it, which is stored nowhere. */
export async function openChallenge(
  db: Db,
  challenge: {
    readonly purpose: ChallengePurpose;
    readonly userId: string | null;
    readonly data?: Readonly<Record<string, string>>;
    readonly seconds: number;
  },
): Promise<string> {
  const token = newSecretToken();
  await insertChallenge(db, { data: {}, ...challenge, tokenHash: hashSecretToken(token) });
  return token;
}

/** What a token's challenge is about, or null where it was answered or has expired. */
export function readChallenge(
  db: Db,
  token: string,
  purpose: ChallengePurpose,
): Promise<ChallengeRow | null> {
  return findChallenge(db, hashSecretToken(token), purpose);
}

/** Uses up a challenge: it is answered once. */
export function useChallenge(
  tx: Tx,
  token: string,
  purpose: ChallengePurpose,
): Promise<AnsweredChallenge | null> {
  return takeChallenge(tx, hashSecretToken(token), purpose);
}
