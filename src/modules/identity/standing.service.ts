import type { Db } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { shortMemory } from '../../shared/short-memory.ts';
import { readTogether } from '../../shared/together.ts';
import { findApiSessions } from './session.repository.ts';

/** Who the holders of access tokens are now, without asking the database for every request of theirs. */
export function createStandings(db: Db) {
  const kept = shortMemory(readTogether((sessionIds) => findApiSessions(db, sessionIds)));

  return {
    /** @throws ShopError unauthenticated when the session has ended. */
    async of(sessionId: string): Promise<Principal> {
      const standing = await kept.of(sessionId);
      if (standing === null)
        throw new ShopError('unauthenticated', 'The session of this access token has ended.');
      return standing;
    },

    /** After something changed who may do what: what this instance answers next is read anew. */
    forget: kept.forget,
  };
}
