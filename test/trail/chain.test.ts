import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { CheckResult } from '../../src/modules/audit/audit.model.ts';
import { runCheck } from '../../src/modules/audit/audit.repository.ts';
import { headCheck, trailChecks } from '../../src/modules/audit/audit-trail.repository.ts';
import { newId } from '../../src/shared/ids.ts';
import { createLooseActs } from '../../src/trail/loose-acts.ts';
import { note, type TrailHead, trailHead } from '../../src/trail/trail.ts';
import { writeLooseActs } from '../../src/trail/writer.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const noted = (subject: string, delta = 1) =>
  inTransaction(database.db, (tx) =>
    note(tx, { act: 'stock.adjusted', subject, detail: { delta, onHand: 5 } }),
  );

/** What the audit says of the trail after statements of somebody who may do anything; they are taken back. */
async function foundAfter(statements: string, head: TrailHead | null = null) {
  const takenBack = new Error('taken back');
  const results: CheckResult[] = [];
  await inTransaction(database.db, async (tx) => {
    await sql.raw('ALTER TABLE trail DISABLE TRIGGER USER').execute(tx);
    await sql.raw('ALTER TABLE trail_head DISABLE TRIGGER USER').execute(tx);
    await sql.raw(statements).execute(tx);
    for (const check of [...trailChecks, ...(head ? [headCheck(head)] : [])])
      results.push(await runCheck(tx, check));
    throw takenBack;
  }).catch((error: unknown) => {
    if (error !== takenBack) throw error;
  });
  return results.flatMap(({ name, offenders }) =>
    offenders.map(({ subject, detail }) => `${name}: ${subject}: ${detail}`),
  );
}

describe('the audit trail', () => {
  it('has no gap and stays whole when many write at once and some of them fail', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        n % 4 === 0
          ? expect(
              inTransaction(database.db, async (tx) => {
                await note(tx, { act: 'task.closed', subject: 'x', detail: { state: 'done' } });
                throw new Error('the act failed');
              }),
            ).rejects.toThrow('the act failed')
          : noted(`variant-${n}`),
      ),
    );
    const { rows } = await sql<{ position: number }>`
      SELECT position FROM trail ORDER BY position`.execute(database.db);
    expect(rows.map(({ position }) => position)).toEqual(
      Array.from({ length: 30 }, (_, n) => n + 1),
    );
    expect(await foundAfter('SELECT')).toEqual([]);
  });

  it('is chained by hashes of what its rows tell, as documented', async () => {
    const { rows } = await sql<{ text: string; hash: string; previous: string }>`
      SELECT jsonb_build_array(position, id, (extract(epoch FROM occurred_at) * 1000000)::bigint, actor_kind, actor_id,
        act, subject_kind, subject_id, detail, correlation_id, address, encode(previous_hash, 'hex'))::text AS text,
        encode(hash, 'hex') AS hash, encode(previous_hash, 'hex') AS previous
      FROM trail ORDER BY position`.execute(database.db);
    let last = '00'.repeat(32);
    for (const { text, hash, previous } of rows) {
      expect(previous).toBe(last);
      expect(createHash('sha256').update(text).digest('hex')).toBe(hash);
      last = hash;
    }
    expect(await trailHead(database.db)).toEqual({ position: rows.length, hash: last });
  });

  it.each([
    'UPDATE trail SET detail = detail WHERE position = 1',
    'DELETE FROM trail WHERE position = 30',
    'TRUNCATE trail',
    'DELETE FROM trail_head',
    'TRUNCATE trail_head',
    'INSERT INTO trail_head (id, position, previous_hash, hash) SELECT NULL, position, previous_hash, hash FROM trail_head',
    'UPDATE trail_head SET position = 3',
    `UPDATE trail_head SET hash = previous_hash, position = position + 1`,
    `INSERT INTO trail SELECT position + 1, gen_random_uuid(), occurred_at, actor_kind, actor_id, act, subject_kind,
       subject_id, detail, correlation_id, address, hash, previous_hash FROM trail WHERE position = 30`,
  ])('is only ever added to: the database refuses %s', async (statement) => {
    await expect(sql.raw(statement).execute(database.db)).rejects.toThrow(
      /only ever added to|only the head/,
    );
  });

  it.each([
    [
      'changed',
      `UPDATE trail SET detail = '{"delta": 2, "onHand": 5}' WHERE position = 7`,
      'act 7: changed',
    ],
    [
      'given to somebody else',
      `UPDATE trail SET actor_kind = 'staff', actor_id = gen_random_uuid() WHERE position = 7`,
      'act 7: changed',
    ],
    [
      'dated otherwise',
      `UPDATE trail SET occurred_at = occurred_at - interval '1 day' WHERE position = 7`,
      'act 7: changed',
    ],
    [
      'removed',
      'DELETE FROM trail WHERE position = 7',
      'act 8: follows 6, not chained to the one before',
    ],
    [
      'removed with its number given to the next ones',
      `DELETE FROM trail WHERE position = 29; UPDATE trail SET position = 29 WHERE position = 30`,
      'act 29: not chained to the one before, changed',
    ],
    [
      'put in',
      `UPDATE trail SET position = 31 WHERE position = 30;
       INSERT INTO trail SELECT 30, gen_random_uuid(), occurred_at, actor_kind, actor_id, act, subject_kind, subject_id,
         detail, correlation_id, address, hash, hash FROM trail WHERE position = 29`,
      'act 30: changed',
    ],
    [
      'moved',
      `UPDATE trail SET position = -7 WHERE position = 7; UPDATE trail SET position = 7 WHERE position = 8;
       UPDATE trail SET position = 8 WHERE position = -7`,
      'act 7: not chained to the one before, changed',
    ],
    [
      'cut off at the end',
      'DELETE FROM trail WHERE position > 28',
      'act 30: the head is 30, the last act 28',
    ],
    ['cut off at the beginning', 'DELETE FROM trail WHERE position < 3', 'act 3: follows 0'],
    ['removed whole', 'DELETE FROM trail', 'act 30: the head is 30, the last act '],
    ['left without a head', 'DELETE FROM trail_head', 'act 0: the head is , the last act 30'],
  ])('shows a row that was %s', async (_how, statements, offender) => {
    // Out of the way of what the database would refuse by itself.
    const free = `ALTER TABLE trail DROP CONSTRAINT trail_position_check, DROP CONSTRAINT trail_pkey; `;
    const found = await foundAfter(free + statements);
    expect(found).toContainEqual(expect.stringContaining(`trail-is-whole: ${offender}`));
  });

  it('shows by a head that was kept elsewhere what a whole chain of new hashes would hide', async () => {
    const head = await trailHead(database.db);
    const rewritten = `DELETE FROM trail WHERE position > 20;
      UPDATE trail_head SET (position, previous_hash, hash) =
        (SELECT position, previous_hash, hash FROM trail WHERE position = 20)`;
    expect(await foundAfter(rewritten)).toEqual([]);
    expect(await foundAfter(rewritten, head)).toEqual(['trail-keeps-head: act 30: it is gone']);
    expect(await foundAfter('SELECT', head)).toEqual([]);
    const other = { position: 30, hash: 'ab'.repeat(32) };
    expect(await foundAfter('SELECT', other)).toEqual([
      `trail-keeps-head: act 30: its hash is ${head.hash}`,
    ]);
  });

  it('spells an id in one way, however it was written in an address', async () => {
    const id = newId();
    for (const subject of [id, id.toUpperCase(), 'evt_1Abc']) await noted(subject);
    const subjects = await sql<{ subject_id: string }>`
      SELECT subject_id FROM trail ORDER BY position DESC LIMIT 3`.execute(database.db);
    expect(subjects.rows.map((row) => row.subject_id)).toEqual(['evt_1Abc', id, id]);
  });
});

describe('acts that no transaction carries', () => {
  const at = Date.UTC(2026, 0, 1, 12);
  const from = (network: string) => ({
    actor: { kind: 'visitor', id: null } as const,
    network,
    correlationId: null,
  });
  const refusal = { act: 'access.refused', subject: '/admin', detail: { method: 'GET' } } as const;

  it('write few rows however many they are, and tell how many more there were', () => {
    const acts = createLooseActs();
    for (let n = 0; n < 1000; n += 1) acts.add(refusal, from('203.0.113.0/24'), at);
    for (let n = 0; n < 1000; n += 1) acts.add(refusal, from(`10.0.${n % 250}.0/24`), at);
    const taken = acts.take(5000, { now: at + 60_000 });
    expect(taken.filter(({ network }) => network === '203.0.113.0/24')).toHaveLength(10);
    expect(taken).toHaveLength(61);
    expect(taken.at(-1)).toMatchObject({ act: 'access.refused', detail: { more: 1940 } });
  });

  it('do not take the place of other acts, or of the next minute', () => {
    const acts = createLooseActs();
    for (let n = 0; n < 100; n += 1) acts.add(refusal, from('203.0.113.0/24'), at);
    acts.add(refusal, from('198.51.100.0/24'), at);
    acts.add(refusal, from('203.0.113.0/24'), at + 60_000);
    const taken = acts.take(5000, { now: at + 60_000, last: true });
    expect(taken.map(({ network }) => network)).toEqual([
      ...Array(10).fill('203.0.113.0/24'),
      '198.51.100.0/24',
      null,
      '203.0.113.0/24',
    ]);
  });

  it('are written at the end of the chain, and once', async () => {
    const acts = createLooseActs();
    for (let n = 0; n < 70; n += 1) acts.add(refusal, from(`10.0.${n}.0/24`));
    const before = await trailHead(database.db);
    await writeLooseActs({ db: database.db, acts }, { last: true });
    await writeLooseActs({ db: database.db, acts }, { last: true });
    expect((await trailHead(database.db)).position).toBe(before.position + 61);
    expect(await foundAfter('SELECT')).toEqual([]);
  });
});
