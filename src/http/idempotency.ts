import { hash } from 'node:crypto';
import { type Generated, type Selectable, sql } from 'kysely';
import { documents, uuids } from '../database/arrays.ts';
import type { Db } from '../database/database.ts';
import { isTaken, LostRace } from '../database/failures.ts';
import { deleteInParts } from '../database/in-parts.ts';
import { kept } from '../database/kept-plans.ts';
import type { InTx } from '../database/together.ts';
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
    fingerprint: hash('sha256', `${path}\n${canonicalJson(request.body)}`, 'hex'),
  };
}

/** What keys have met, by their claims: an earlier answer or beginning, or ShopError idempotency_key_reused. */
export async function findKeys(
  at: Db | InTx,
  claims: readonly IdempotencyClaim[],
): Promise<Map<IdempotencyClaim, ClaimOutcome | ShopError>> {
  if (claims.length === 0) return new Map();
  const { rows } = await sql<KeyRow & { nth: number }>`${kept}
    SELECT nth, fingerprint, resource_id, status, body
    FROM unnest(
      ${uuids(claims.map(({ actorId }) => actorId))}, ${claims.map(({ route }) => route)}::text[],
      ${claims.map(({ key }) => key)}::text[]
    ) WITH ORDINALITY AS claim (actor_id, route, key, nth)
    JOIN idempotency_keys USING (actor_id, route, key)`.execute(at);
  const met = new Map<IdempotencyClaim, ClaimOutcome | ShopError>();
  for (const { nth, ...row } of rows) {
    const claim = claims[nth - 1];
    if (claim) met.set(claim, outcomeOf(row, claim));
  }
  return met;
}

type KeyRow = Pick<
  Selectable<HttpTables['idempotency_keys']>,
  'fingerprint' | 'resource_id' | 'status' | 'body'
>;

function outcomeOf(row: KeyRow, { fingerprint }: IdempotencyClaim): ClaimOutcome | ShopError {
  if (row.fingerprint !== fingerprint)
    return new ShopError(
      'idempotency_key_reused',
      'This Idempotency-Key was used for a different request. Use a new key for new work.',
    );
  if (row.status === null || row.body === null)
    return { kind: 'begun', resourceId: row.resource_id };
  return { kind: 'finished', status: row.status, body: row.body };
}

/** A key with what was begun under it, and the answer where that is its end. */
interface KeptKey {
  readonly claim: IdempotencyClaim;
  readonly resourceId: string;
  readonly answer: { readonly status: number; readonly body: unknown } | null;
}

/**
 * Claims keys for what their requests began, in the transaction of that. A twin that is under way is waited for.
 * @throws LostRace where that one kept its key first, or two of these are twins: then all of it is done anew.
 */
export async function keepKeys(at: InTx, keys: readonly KeptKey[]): Promise<void> {
  if (keys.length === 0) return;
  // In one order for all transactions, so that two batches cannot wait for each other.
  await sql`${kept}
    INSERT INTO idempotency_keys (actor_id, route, key, fingerprint, resource_id, status, body)
    SELECT * FROM unnest(
      ${uuids(keys.map(({ claim }) => claim.actorId))}, ${keys.map(({ claim }) => claim.route)}::text[],
      ${keys.map(({ claim }) => claim.key)}::text[], ${keys.map(({ claim }) => claim.fingerprint)}::text[],
      ${uuids(keys.map(({ resourceId }) => resourceId))}, ${keys.map(({ answer }) => answer?.status)}::int[],
      string_to_array(${documents(keys.map(({ answer }) => answer?.body ?? null))}, E'\\x1e', '')
    ) AS kept (actor_id, route, key)
    ORDER BY actor_id, route, key`
    .execute(at)
    .catch((error: unknown) => {
      throw isTaken(error, 'idempotency_keys_pkey')
        ? new LostRace('a key was claimed meanwhile', { cause: error })
        : error;
    });
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

/**
 * Claims a key in the transaction of the work's first effect; null when it is ours, else what its first request left.
 * A concurrent twin waits here until that transaction ends; a rolled-back one leaves nothing, so a crash never blocks
 * a key. @throws ShopError idempotency_key_reused.
 */
export async function claimKey(
  tx: Db,
  claim: IdempotencyClaim | null,
  resourceId: string,
): Promise<ClaimOutcome | null> {
  if (claim === null) return null;
  const { numInsertedOrUpdatedRows } = await tx
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
    .modifyEnd(kept)
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) return null;
  const met = (await findKeys(tx, [claim])).get(claim) ?? justEnded();
  if (met instanceof ShopError) throw met;
  return met;
}

function justEnded(): ShopError {
  return new ShopError('idempotency_in_progress', 'The first request with this key just ended.', {
    retryAfterSeconds: 1,
  });
}

/** Stores final answers under claimed keys; the first answer of a key stays. */
export async function finishKeys(
  db: Db,
  answers: readonly { claim: IdempotencyClaim | null; status: number; body: unknown }[],
): Promise<void> {
  const given = answers.flatMap(({ claim, ...answer }) => (claim ? [{ claim, ...answer }] : []));
  if (given.length === 0) return;
  await sql`${kept}
    UPDATE idempotency_keys SET status = answer.status, body = answer.body
    FROM unnest(
      ${uuids(given.map(({ claim }) => claim.actorId))}, ${given.map(({ claim }) => claim.route)}::text[],
      ${given.map(({ claim }) => claim.key)}::text[], ${given.map(({ status }) => status)}::int[],
      ${given.map(({ body }) => JSON.stringify(body))}::text[]
    ) AS answer (actor_id, route, key, status, body)
    WHERE idempotency_keys.actor_id = answer.actor_id AND idempotency_keys.route = answer.route
      AND idempotency_keys.key = answer.key AND idempotency_keys.status IS NULL`.execute(db);
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
export function expireKeys(db: Db): Promise<void> {
  return deleteInParts(
    db,
    'idempotency_keys',
    sql`created_at < now() - make_interval(hours => ${KEPT_HOURS})`,
  );
}

/** Sends a stored answer again, marked as such; `resources` is the address below which what it made is found. */
export function replay(reply: Reply, status: number, body: string, resources?: string): Reply {
  if (resources !== undefined && status === 201)
    reply.header('location', `${resources}/${JSON.parse(body).id}`);
  return reply
    .code(status)
    .header('idempotent-replayed', 'true')
    .type('application/json; charset=utf-8')
    .serializer((text: string) => text)
    .send(body);
}

/** JSON with sorted keys, so that the order of fields does not make another request. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join()}}`;
}
