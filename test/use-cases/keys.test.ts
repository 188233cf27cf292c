import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import {
  claimKey,
  claimOf,
  expireKeys,
  findKeys,
  finishKeys,
  forgetKeysAbout,
  forgetKeysOf,
  type IdempotencyClaim,
  keepKeys,
  replay,
  resourceOfKey,
} from '../../src/http/idempotency.ts';
import { newId } from '../../src/shared/ids.ts';
import { actors, bareApp } from '../rules/guarded.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const some = (given: Partial<IdempotencyClaim> = {}): IdempotencyClaim => ({
  ...{ actorId: newId(), route: 'POST /api/orders', key: 'k', fingerprint: 'a', ...given },
});
const claim = (one: IdempotencyClaim | null, resourceId = newId()) =>
  inTransaction(database.db, (tx) => claimKey(tx, one, resourceId));
const finish = (one: IdempotencyClaim, body: unknown, status = 201) =>
  finishKeys(database.db, [{ claim: one, status, body }]);
const resource = (one: IdempotencyClaim) => resourceOfKey(database.db, one);

describe('the key of a request', () => {
  const app = bareApp();
  const seen: (IdempotencyClaim | null)[] = [];
  app.post('/api/orders/:id', async (request) => void seen.push(claimOf(request)));
  const send = async (key: string | undefined, payload?: object, url = '/api/orders/7') => {
    const headers = { 'x-actor': 'customer', ...(key !== undefined && { 'idempotency-key': key }) };
    await app.inject({ method: 'POST', url, headers, ...(payload && { payload }) });
    return seen.pop();
  };
  const fingerprint = async (payload?: object, url?: string) =>
    (await send('k', payload, url))?.fingerprint;

  it('is its actor’s and its route’s, whatever the address is of', async () => {
    expect(await send('my-key')).toEqual({
      ...{ actorId: actors.customer.userId, route: 'POST /api/orders/:id', key: 'my-key' },
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await send(undefined)).toBeNull();
  });

  test.each([
    ['"quoted"', 'quoted'],
    ['"', '"'],
    ['""', ''],
    ['a"b"', 'a"b"'],
    ['"a"b', '"a"b'],
  ])('%s is read as %s', async (given, key) => {
    expect((await send(given))?.key).toBe(key);
  });

  it('fits what was asked: the same in another order, and nothing else', async () => {
    const asked = { a: 1, b: { c: [1, 2], d: null } };
    const first = await fingerprint(asked);
    expect(await fingerprint({ b: { d: null, c: [1, 2] }, a: 1 })).toBe(first);
    expect(await fingerprint(asked, '/api/orders/7?later=1')).toBe(first);
    const others = [
      { a: 1, b: { c: [2, 1], d: null } },
      { a: 2, b: { c: [1, 2], d: null } },
      { a: 1, b: { c: { 0: 1, 1: 2 }, d: null } },
      { a: 1 },
      {},
    ];
    const prints = await Promise.all(others.map((other) => fingerprint(other)));
    expect(new Set([first, ...prints, await fingerprint(asked, '/api/orders/8')]).size).toBe(7);
    expect(await fingerprint(undefined)).toBe(await fingerprint(undefined));
  });

  it('replays an answer as it was, and says so', async () => {
    const replaying = bareApp();
    replaying.get('/', async (_request, reply) => replay(reply, 201, '{"a":1}'));
    const { statusCode, headers, body } = await replaying.inject('/');
    expect([statusCode, headers['idempotent-replayed'], headers['content-type'], body]).toEqual([
      ...[201, 'true', 'application/json; charset=utf-8', '{"a":1}'],
    ]);
  });
});

describe('a key', () => {
  it('is whose claimed it first, and tells the others how far that is', async () => {
    const [one, first] = [some(), newId()];
    expect(await claim(one, first)).toBeNull();
    expect(await claim(one)).toEqual({ kind: 'begun', resourceId: first });
    await finish(one, { id: first });
    expect(await claim(one)).toEqual({
      ...{ kind: 'finished', status: 201, body: JSON.stringify({ id: first }) },
    });
    expect(await resource(one)).toBe(first);
    expect(await resource(some())).toBeNull();
  });

  it('keeps its first answer', async () => {
    const one = some();
    await claim(one);
    await finish(one, 'first', 201);
    await finish(one, 'second', 200);
    expect(await claim(one)).toMatchObject({ status: 201, body: '"first"' });
  });

  it.each<[string, Partial<IdempotencyClaim>]>([
    ['actor', { actorId: newId() }],
    ['route', { route: 'POST /api/checkout' }],
    ['name', { key: 'another' }],
  ])('of another %s is another key', async (_what, given) => {
    const one = some();
    await claim(one);
    const other = { ...one, ...given };
    expect(await claim(other)).toBeNull();
    await finish(other, 'the other');
    expect(await claim(one)).toMatchObject({ kind: 'begun' });
  });

  it('for another request is refused, and is still the first one’s', async () => {
    const [one, first] = [some(), newId()];
    await claim(one, first);
    await expect(claim({ ...one, fingerprint: 'b' })).rejects.toThrow(
      expect.objectContaining({
        ...{ code: 'idempotency_key_reused', message: expect.stringContaining('Use a new key') },
      }),
    );
    expect(await claim(one)).toEqual({ kind: 'begun', resourceId: first });
  });

  it('that a twin holds is waited for, and tells what that left', async () => {
    const [one, first] = [some(), newId()];
    const twins = await Promise.all(
      Array.from({ length: 5 }, (_, index) => claim(one, index === 0 ? first : newId())),
    );
    expect(twins.filter((met) => met === null)).toHaveLength(1);
    expect(
      new Set(twins.flatMap((met) => (met?.kind === 'begun' ? [met.resourceId] : []))).size,
    ).toBe(1);
  });

  it('whose work was rolled back is free', async () => {
    const one = some();
    const failed = inTransaction(database.db, async (tx) => {
      await claimKey(tx, one, newId());
      throw new Error('the work failed');
    });
    await expect(failed).rejects.toThrow('the work failed');
    expect(await claim(one)).toBeNull();
  });

  it('that is none claims nothing and keeps nothing', async () => {
    expect(await claim(null)).toBeNull();
    await finishKeys(database.db, [{ claim: null, status: 201, body: 1 }]);
    await inTransaction(database.db, (tx) => keepKeys(tx, []));
    expect((await findKeys(database.db, [])).size).toBe(0);
  });
});

describe('keys of many', () => {
  const kept = (claims: readonly IdempotencyClaim[], body: unknown = 'done') =>
    claims.map((one) => ({ claim: one, resourceId: newId(), answer: { status: 201, body } }));
  const keep = (...keys: Parameters<typeof keepKeys>[1]) =>
    inTransaction(database.db, (tx) => keepKeys(tx, keys));

  it('tell each what it met', async () => {
    const [answered, begun, fresh] = [some(), some(), some()];
    const other = { ...answered, fingerprint: 'b' };
    await keep(...kept([answered]), { claim: begun, resourceId: fresh.actorId, answer: null });
    const met = await findKeys(database.db, [fresh, begun, other, answered]);
    expect(met.get(answered)).toEqual({ kind: 'finished', status: 201, body: '"done"' });
    expect(met.get(begun)).toEqual({ kind: 'begun', resourceId: fresh.actorId });
    expect(met.get(other)).toMatchObject({ code: 'idempotency_key_reused' });
    expect(met.has(fresh)).toBe(false);
  });

  it('are kept by one of two who keep them at once, whole and without waiting for each other', async () => {
    const claims = [some(), some(), some()];
    const ends = await Promise.allSettled(
      [claims, claims.toReversed()].map((list, index) => keep(...kept(list, index))),
    );
    const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
    expect(lost).toEqual(['40001']);
    const met = await findKeys(database.db, claims);
    const winner = ends.findIndex(({ status }) => status === 'fulfilled');
    expect([...met.values()]).toEqual(
      claims.map(() => ({ kind: 'finished', status: 201, body: String(winner) })),
    );
  });

  it('of which one is taken keep none', async () => {
    const [taken, free] = [some(), some()];
    await keep(...kept([taken]));
    await expect(keep(...kept([free, taken]))).rejects.toMatchObject({ code: '40001' });
    expect(await resource(free)).toBeNull();
  });
});

describe('what is kept of keys', () => {
  const age = (one: IdempotencyClaim, hours: number) =>
    database.db
      .updateTable('idempotency_keys')
      .set({ created_at: sql<Date>`now() - make_interval(hours => ${hours})` })
      .where('actor_id', '=', one.actorId)
      .execute();

  it('ends after three days', async () => {
    const [old, young] = [some(), some()];
    for (const one of [old, young]) await claim(one);
    await age(old, 73);
    await age(young, 71);
    await expireKeys(database.db);
    expect([await resource(old), (await resource(young)) === null]).toEqual([null, false]);
  });

  it('ends with its actor, or with what it began', async () => {
    const [one, other, third, id] = [some(), some(), some(), newId()];
    for (const [mine, resourceId] of [
      [one, newId()],
      [other, id],
      [third, newId()],
    ] as const)
      await claim(mine, resourceId);
    await inTransaction(database.db, (tx) => forgetKeysOf(tx, one.actorId));
    await inTransaction(database.db, (tx) => forgetKeysAbout(tx, [id]));
    expect([await resource(one), await resource(other)]).toEqual([null, null]);
    expect(await resource(third)).not.toBeNull();
  });
});
