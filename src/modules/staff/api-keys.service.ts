import type { Db } from '../../database/database.ts';
import { invalid, notFound } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import type { Permission } from '../../shared/permissions.ts';
import { note } from '../../trail/trail.ts';
import { type ApiKey, hashApiKey, MAX_KEY_DAYS, NEVER_BY_KEY, newApiKey } from './api-key.model.ts';
import { findKey, listKeys as findKeys, insertKey, revokeKey } from './api-keys.repository.ts';
import { assertWritesAreRead } from './staff.model.ts';
import { assertWithin, changeStaff } from './standing.service.ts';

export interface KeyInput {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly expiresAt: Date;
}

/** A key with its secret, told this once. */
export type NewApiKey = ApiKey & { readonly key: string };

/** A page of keys, newest first, those that have ended too. */
export function listKeys(db: Db, page: PageRequest): Promise<Page<ApiKey>> {
  return findKeys(db, page);
}

/**
 * Makes a key for a program, within the rights of who makes it; it never has more than they have when it is used.
 * @throws ShopError validation_failed (`name`, `scopes`, `expiresAt`), forbidden.
 */
export function createKey(db: Db, actorId: string, given: KeyInput): Promise<NewApiKey> {
  const { name, scopes, expiresAt } = acceptable(given);
  return changeStaff(db, actorId, async (tx, actor) => {
    assertWithin(actor, { permissions: scopes, refundLimits: [] });
    const [id, key] = [newId(), newApiKey()];
    const keyHash = hashApiKey(key);
    if (keyHash === null) throw new Error('a new key is not one');
    const hint = key.slice(-4);
    await insertKey(tx, { id, name, scopes, expiresAt, keyHash, hint, makerId: actorId });
    await note(tx, { act: 'key.created', subject: id, detail: { scopes } });
    return { ...(await getKey(tx, id)), key };
  });
}

/** Ends a key at once. @throws ShopError not_found, also when it was revoked before. */
export function removeKey(db: Db, actorId: string, id: string): Promise<void> {
  return changeStaff(db, actorId, async (tx) => {
    if (!(await revokeKey(tx, id))) throw notFound('The key');
    await note(tx, { act: 'key.revoked', subject: id, detail: {} });
  });
}

async function getKey(db: Db, id: string): Promise<ApiKey> {
  const key = await findKey(db, id);
  if (!key) throw notFound('The key');
  return key;
}

function acceptable({ name, scopes, expiresAt }: KeyInput): KeyInput {
  const trimmed = name.trim();
  if (trimmed === '') throw invalid('name', 'Say what the key is for.');
  if (scopes.length === 0) throw invalid('scopes', 'Choose what the key may do.');
  if (scopes.includes(NEVER_BY_KEY))
    throw invalid('scopes', 'No key changes who may do what: staff:write is for people alone.');
  assertWritesAreRead(scopes, 'scopes');
  const days = (expiresAt.getTime() - Date.now()) / 86_400_000;
  if (!(days > 0 && days <= MAX_KEY_DAYS))
    throw invalid('expiresAt', `A key ends within ${MAX_KEY_DAYS} days from now.`);
  return { name: trimmed, scopes: [...new Set(scopes)], expiresAt };
}
