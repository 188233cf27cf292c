import { sql } from 'kysely';
import type { Db, Tx } from '../../database/database.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { Permission } from '../../shared/permissions.ts';
import type { ApiKey } from './api-key.model.ts';

export async function insertKey(
  tx: Tx,
  key: {
    readonly id: string;
    readonly name: string;
    readonly keyHash: Buffer;
    readonly hint: string;
    readonly scopes: readonly Permission[];
    readonly makerId: string;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await tx
    .insertInto('api_keys')
    .values({
      id: key.id,
      name: key.name,
      key_hash: key.keyHash,
      hint: key.hint,
      scopes: [...key.scopes],
      maker_id: key.makerId,
      expires_at: key.expiresAt,
      last_used_at: null,
      revoked_at: null,
    })
    .execute();
}

/** Ends a key; false when there is none such that still lives. */
export async function revokeKey(tx: Tx, id: string): Promise<boolean> {
  const result = await tx
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Ends every key that somebody made. */
export async function revokeKeysOf(tx: Tx, makerId: string): Promise<void> {
  await tx
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`now()` })
    .where('maker_id', '=', makerId)
    .where('revoked_at', 'is', null)
    .execute();
}

export async function findKey(db: Db, id: string): Promise<ApiKey | null> {
  const row = await keys(db).where('api_keys.id', '=', id).executeTakeFirst();
  return row ? toKey(row) : null;
}

/** A page of keys, newest first, those that have ended too. */
export async function listKeys(db: Db, page: PageRequest): Promise<Page<ApiKey>> {
  const after = lastSeenId(page);
  const rows = await keys(db)
    .$if(after !== null, (query) => query.where('api_keys.id', '<', after ?? ''))
    .orderBy('api_keys.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [row.id]);
  return { data: data.map(toKey), nextCursor };
}

/** Who made the key with a hash, what it and they may, and whether it has ended; its use is noted once a minute. */
export async function useKey(db: Db, keyHash: Buffer) {
  return db
    .with('touched', (cte) =>
      cte
        .updateTable('api_keys')
        .set({ last_used_at: sql<Date>`now()` })
        .where('key_hash', '=', keyHash)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', sql<Date>`now()`)
        .where(sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`)
        .returning('id'),
    )
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.maker_id')
    .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
    .select(['api_keys.id', 'api_keys.name', 'scopes', 'maker_id as makerId'])
    .select(['users.role', 'staff_roles.permissions as ofStaffRole'])
    .select(sql<boolean>`revoked_at IS NOT NULL OR expires_at <= now()`.as('ended'))
    .where('key_hash', '=', keyHash)
    .executeTakeFirst();
}

function keys(db: Db) {
  return db
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.maker_id')
    .select(['api_keys.id', 'api_keys.name', 'hint', 'scopes', 'users.email as madeBy'])
    .select(['api_keys.created_at', 'expires_at', 'last_used_at', 'revoked_at'])
    .select(sql<boolean>`expires_at <= now()`.as('expired'));
}

type KeyRow = Awaited<ReturnType<ReturnType<typeof keys>['executeTakeFirstOrThrow']>>;

function toKey(row: KeyRow): ApiKey {
  const ended = row.expired ? 'expired' : 'active';
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    madeBy: row.madeBy,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    state: row.revoked_at === null ? ended : 'revoked',
  };
}
