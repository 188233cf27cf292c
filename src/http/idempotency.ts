import { createHash } from 'node:crypto';
import type { Generated } from 'kysely';
import type { Db } from '../database/database.ts';
import { ShopError } from '../shared/errors.ts';
import type { Reply, Request } from './app-type.ts';
import { principalOf } from './principal.ts';

export interface HttpTables {
  idempotency_keys: {
    actor_id: string;
    route: string;
    key: string;
    fingerprint: string;
    resource_id: string;
    status: number | null;
    body: string | null;
    created_at: Generated<Date>;
  };
  rate_limits: { key: string; theoretical_arrival: Date };
}

/** One client's request to do something once: who, where, under which key, and what was asked. */
export interface IdempotencyClaim {
  readonly actorId: string;
  readonly route: string;
  readonly key: string;
  /** SHA-256 over path and body: the same key with another is refused. */
  readonly fingerprint: string;
}

/** What a claim met: nobody before us, a first request that began a resource, or its stored answer. */
export type ClaimOutcome =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'begun'; readonly resourceId: string }
  | { readonly kind: 'finished'; readonly status: number; readonly body: string };

/** The request's claim, or null when it carries no Idempotency-Key (bare, or quoted as the IETF draft has it). */
export function claimOf(request: Request): IdempotencyClaim | null {
  const header = request.headers['idempotency-key'];
  if (typeof header !== 'string') return null;
  const key = header.replace(/^"(.*)"$/, '$1');
  const path = request.url.split('?', 1)[0] ?? '';
  return {
    actorId: principalOf(request).userId,
    route: `${request.method} ${request.routeOptions.url ?? path}`,
    key,
    fingerprint: createHash('sha256')
      .update(`${path}\n${canonicalJson(request.body)}`)
      .digest('hex'),
  };
}

/**
 * Claims a key in the transaction of the work's first effect. A concurrent twin waits here until that transaction
 * ends, then sees what it left; a rolled-back one leaves nothing, so a crash never blocks a key.
 * @throws ShopError idempotency_key_reused when the key was used for another request.
 */
export async function claimKey(
  tx: Db,
  claim: IdempotencyClaim,
  resourceId: string,
): Promise<ClaimOutcome> {
  const claimed = await tx
    .insertInto('idempotency_keys')
    .values({
      actor_id: claim.actorId,
      route: claim.route,
      key: claim.key,
      fingerprint: claim.fingerprint,
      resource_id: resourceId,
      status: null,
      body: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('resource_id')
    .executeTakeFirst();
  return claimed ? { kind: 'claimed' } : ((await findKey(tx, claim)) ?? { kind: 'claimed' });
}

/** What is stored under a key, or null. @throws ShopError idempotency_key_reused as claimKey does. */
export async function findKey(db: Db, claim: IdempotencyClaim): Promise<ClaimOutcome | null> {
  const row = await db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('actor_id', '=', claim.actorId)
    .where('route', '=', claim.route)
    .where('key', '=', claim.key)
    .executeTakeFirst();
  if (!row) return null;
  if (row.fingerprint !== claim.fingerprint)
    throw new ShopError(
      'idempotency_key_reused',
      'This Idempotency-Key was used for a different request. Use a new key for new work.',
    );
  if (row.status === null || row.body === null)
    return { kind: 'begun', resourceId: row.resource_id };
  return { kind: 'finished', status: row.status, body: row.body };
}

/** Stores the final answer under a claimed key; the first one stays. */
export async function finishKey(
  db: Db,
  claim: IdempotencyClaim,
  status: number,
  body: unknown,
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ status, body: JSON.stringify(body) })
    .where('actor_id', '=', claim.actorId)
    .where('route', '=', claim.route)
    .where('key', '=', claim.key)
    .where('status', 'is', null)
    .execute();
}

/** Sends a stored answer again, marked as such. */
export function replay(reply: Reply, status: number, body: string): Reply {
  return reply
    .code(status)
    .header('idempotent-replayed', 'true')
    .type('application/json; charset=utf-8')
    .serializer((text: string) => text)
    .send(body);
}

/** JSON with sorted keys, so that the order of fields does not make another request. */
function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
        : item,
    ) ?? ''
  );
}
