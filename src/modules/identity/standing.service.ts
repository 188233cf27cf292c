import type { Db } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { findSession } from './session.repository.ts';

/** How long an answer is kept: what another instance ends or takes away stops here within so many milliseconds. */
const KEPT_MS = 5000;
const MOST_KEPT = 10_000;

/** Who the holders of access tokens are now, without asking the database for every request of theirs. */
export function createStandings(db: Db) {
  const kept = new Map<string, { until: number; standing: Promise<Principal | null> }>();

  function read(sessionId: string): Promise<Principal | null> {
    const standing = findSession(db, { apiSessionId: sessionId });
    kept.delete(sessionId);
    kept.set(sessionId, { until: Date.now() + KEPT_MS, standing });
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    // A failure is of the moment; the next request asks again.
    standing.catch(() => kept.delete(sessionId));
    return standing;
  }

  return {
    /** @throws ShopError unauthenticated when the session has ended. */
    async of(sessionId: string): Promise<Principal> {
      const known = kept.get(sessionId);
      const standing = await (known && known.until > Date.now() ? known.standing : read(sessionId));
      if (standing === null)
        throw new ShopError('unauthenticated', 'The session of this access token has ended.');
      return standing;
    },

    /** After something changed who may do what: what this instance answers next is read anew. */
    forget(): void {
      kept.clear();
    },
  };
}
