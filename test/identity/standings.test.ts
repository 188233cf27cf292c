import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStandings } from '../../src/modules/identity/standing.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** Sessions of somebody new each, seen so long ago; their ids. */
async function sessions(count: number, { kind = 'api', seen = '0 s' } = {}): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH person AS (
      INSERT INTO users (id, email, name, password_hash)
      SELECT gen_random_uuid(), gen_random_uuid() || '@example.test', 'Ada', 'x'
      FROM generate_series(1, ${count}::int)
      RETURNING id
    )
    INSERT INTO sessions (id, user_id, kind, token_hash, last_seen_at, expires_at)
    SELECT gen_random_uuid(), id, ${kind}, CASE ${kind} WHEN 'browser' THEN sha256(id::text::bytea) END,
      now() - ${seen}::interval, now() + interval '1 day'
    FROM person RETURNING id`.execute(database.db);
  return rows.map(({ id }) => id);
}
const seenAt = async (id: string) =>
  (
    await database.db
      .selectFrom('sessions')
      .select('last_seen_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  ).last_seen_at.getTime();

it('of many who ask at once each is who they are, and who has no session is nobody', async () => {
  const standings = createStandings(database.db);
  const live = await sessions(30);
  const [ended = ''] = await sessions(1);
  await sql`UPDATE sessions SET revoked_at = now() WHERE id = ${ended}`.execute(database.db);
  const [browser = ''] = await sessions(1, { kind: 'browser' });
  const asked = [...live.slice(0, 10), ended, newId(), browser, ...live.slice(10)];
  const answers = await Promise.allSettled(asked.map((id) => standings.of(id)));
  expect(
    answers.map((end) => (end.status === 'fulfilled' ? end.value.sessionId : end.reason.code)),
  ).toEqual([
    ...live.slice(0, 10),
    ...['unauthenticated', 'unauthenticated', 'unauthenticated'],
    ...live.slice(10),
  ]);
});

it('the use of a session is noted once a minute, and never waited for', async () => {
  const [old = '', recent = ''] = [
    ...(await sessions(1, { seen: '2 minutes' })),
    ...(await sessions(1, { seen: '30 s' })),
  ];
  const before = [await seenAt(old), await seenAt(recent)];
  // Whoever else notes it holds the row.
  await database.db.transaction().execute(async (tx) => {
    await sql`SELECT FROM sessions WHERE id = ${old} FOR UPDATE`.execute(tx);
    expect((await createStandings(database.db).of(old)).sessionId).toBe(old);
  });
  expect(await seenAt(old)).toBe(before[0]);
  await Promise.all([old, recent].map((id) => createStandings(database.db).of(id)));
  expect((await seenAt(old)) > (before[0] ?? 0)).toBe(true);
  expect(await seenAt(recent)).toBe(before[1]);
});
