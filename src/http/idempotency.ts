import { createHash } from 'node:crypto';
import { type Generated, sql } from 'kysely';
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

/** What a claim met: a first request that began a resource, or its stored answer. */
export type ClaimOutcome =
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

/** A claim, where the request has one, and the id of what it would begin. */
interface Claiming {
  readonly claim: IdempotencyClaim | null;
  readonly resourceId: string;
}

/**
 * Claims keys in the transaction of the work's first effect; returns, by resource id, what the others met: an
 * earlier answer, an earlier beginning, or a ShopError idempotency_key_reused. A concurrent twin waits here until
 * that transaction ends, then sees what it left; a rolled-back one leaves nothing, so a crash never blocks a key.
 */
export async function claimKeys(
  tx: Db,
  claimings: readonly Claiming[],
): Promise<Map<string, ClaimOutcome | ShopError>> {
  const wanted = claimings
    .flatMap(({ claim, resourceId }) => (claim ? [{ claim, resourceId }] : []))
    // One order for all transactions, so that two batches cannot wait for each other.
    .sort((a, b) => (idOf(a.claim) < idOf(b.claim) ? -1 : 1));
  if (wanted.length === 0) return new Map();
  const claimed = await tx
    .insertInto('idempotency_keys')
    .values(
      wanted.map(({ claim, resourceId }) => ({
        actor_id: claim.actorId,
        route: claim.route,
        key: claim.key,
        fingerprint: claim.fingerprint,
        resource_id: resourceId,
        status: null,
        body: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('resource_id')
    .execute();
  const ours = new Set(claimed.map((row) => row.resource_id));
  const met = new Map<string, ClaimOutcome | ShopError>();
  for (const { claim, resourceId } of wanted.filter((one) => !ours.has(one.resourceId)))
    met.set(resourceId, await findKey(tx, claim));
  return met;
}

async function findKey(db: Db, claim: IdempotencyClaim): Promise<ClaimOutcome | ShopError> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'resource_id', 'status', 'body'])
    .where('actor_id', '=', claim.actorId)
    .where('route', '=', claim.route)
    .where('key', '=', claim.key)
    .executeTakeFirst();
  if (!row)
    return new ShopError('idempotency_in_progress', 'The first request with this key just ended.', {
      retryAfterSeconds: 1,
    });
  if (row.fingerprint !== claim.fingerprint)
    return new ShopError(
      'idempotency_key_reused',
      'This Idempotency-Key was used for a different request. Use a new key for new work.',
    );
  if (row.status === null || row.body === null)
    return { kind: 'begun', resourceId: row.resource_id };
  return { kind: 'finished', status: row.status, body: row.body };
}

/** What a claimed key began, whatever was asked under it; null when the key is free. */
export async function resourceOfKey(
  db: Db,
  { actorId, route, key }: IdempotencyClaim,
): Promise<string | null> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select('resource_id')
    .where('actor_id', '=', actorId)
    .where('route', '=', route)
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.resource_id ?? null;
}

/** Claims one key, as claimKeys does; null when it is ours. @throws ShopError idempotency_key_reused. */
export async function claimKey(
  tx: Db,
  claim: IdempotencyClaim | null,
  resourceId: string,
): Promise<ClaimOutcome | null> {
  const met = (await claimKeys(tx, [{ claim, resourceId }])).get(resourceId) ?? null;
  if (met instanceof ShopError) throw met;
  return met;
}

/** Stores final answers under claimed keys; the first answer of a key stays. */
export async function finishKeys(
  db: Db,
  answers: readonly { claim: IdempotencyClaim | null; status: number; body: unknown }[],
): Promise<void> {
  const given = answers.flatMap(({ claim, ...answer }) => (claim ? [{ claim, ...answer }] : []));
  if (given.length === 0) return;
  await sql`
    UPDATE idempotency_keys SET status = answer.status, body = answer.body
    FROM unnest(
      ${given.map(({ claim }) => claim.actorId)}::uuid[], ${given.map(({ claim }) => claim.route)}::text[],
      ${given.map(({ claim }) => claim.key)}::text[], ${given.map(({ status }) => status)}::int[],
      ${given.map(({ body }) => JSON.stringify(body))}::text[]
    ) AS answer (actor_id, route, key, status, body)
    WHERE idempotency_keys.actor_id = answer.actor_id AND idempotency_keys.route = answer.route
      AND idempotency_keys.key = answer.key AND idempotency_keys.status IS NULL`.execute(db);
}

/** Gives keys back whose work was refused, so that they can be tried again. */
export async function releaseKeys(
  tx: Db,
  claims: readonly (IdempotencyClaim | null)[],
): Promise<void> {
  const given = claims.filter((claim) => claim !== null);
  if (given.length === 0) return;
  await sql`
    DELETE FROM idempotency_keys USING unnest(
      ${given.map((claim) => claim.actorId)}::uuid[], ${given.map((claim) => claim.route)}::text[],
      ${given.map((claim) => claim.key)}::text[]
    ) AS gone (actor_id, route, key)
    WHERE idempotency_keys.actor_id = gone.actor_id AND idempotency_keys.route = gone.route
      AND idempotency_keys.key = gone.key AND idempotency_keys.status IS NULL`.execute(tx);
}

/** Forgets every key and answer of an actor. */
export async function forgetKeysOf(tx: Db, actorId: string): Promise<void> {
  await sql`DELETE FROM idempotency_keys WHERE actor_id = ${actorId}`.execute(tx);
}

/** Forgets the keys that began resources, with their answers, whoever asked. */
export async function forgetKeysAbout(tx: Db, resourceIds: readonly string[]): Promise<void> {
  await sql`DELETE FROM idempotency_keys WHERE resource_id = ANY (${resourceIds}::uuid[])`.execute(
    tx,
  );
}

/** How long an answer can be asked for again: longer than Stripe keeps its keys (24 h). */
const KEPT_HOURS = 72;

/** Forgets keys past their time. */
export async function expireKeys(db: Db): Promise<void> {
  await sql`
    DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(hours => ${KEPT_HOURS})`.execute(
    db,
  );
}

function idOf(claim: IdempotencyClaim): string {
  return `${claim.actorId} ${claim.route} ${claim.key}`;
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
