import type { Db } from '../../database/database.ts';
import type { Principal } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import { permissionsOf } from '../../shared/permissions.ts';
import { shortMemory } from '../../shared/short-memory.ts';
import { noteLater } from '../../telemetry/context.ts';
import { hashApiKey } from './api-key.model.ts';
import { useKey } from './api-keys.repository.ts';

/** Who the programs are that send API keys, without asking the database for every request of theirs. */
export function createKeyStandings(db: Db) {
  const kept = shortMemory(async (hash: string) => {
    const key = await useKey(db, Buffer.from(hash, 'hex'));
    return key ?? null;
  });

  return {
    /** @throws ShopError unauthenticated for what is no key, or one that was revoked or has expired. */
    async of(key: string): Promise<Principal> {
      const hash = hashApiKey(key)?.toString('hex');
      const found = hash === undefined ? null : await kept.of(hash);
      if (found === null) throw new ShopError('unauthenticated', 'This API key is not valid.');
      const { id, name, ended, makerId, role, scopes, ofStaffRole } = found;
      if (ended) {
        noteLater({ act: 'key.used_after_end', subject: id, detail: {} });
        throw new ShopError('unauthenticated', 'This API key was revoked or has expired.');
      }
      const theirs = permissionsOf(role, ofStaffRole ?? []);
      return {
        userId: id,
        sessionId: id,
        email: '',
        name,
        role: 'staff',
        permissions: new Set(scopes.filter((scope) => theirs.has(scope))),
        apiKey: { makerId },
      };
    },

    /** After something changed who may do what. */
    forget: kept.forget,
  };
}
