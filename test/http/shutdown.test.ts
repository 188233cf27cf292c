import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { startShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const REGISTRATIONS = 5;

it('a shop that stops answers what is under way and then waits for no idle connection', async () => {
  const shop = await startShop();
  const register = async () => {
    const { status } = await shop.api('POST', '/api/auth/register', {
      body: { email: `${randomUUID()}@example.test`, password: 'correct horse battery', name: 'A' },
    });
    return status;
  };
  let answers: Promise<number[]> | undefined;
  const stopped = await shop.db.transaction().execute(async (tx) => {
    // Registrations wait for this lock, so they are surely under way when the shop is told to stop.
    await sql`LOCK TABLE users IN EXCLUSIVE MODE`.execute(tx);
    answers = Promise.all(Array.from({ length: REGISTRATIONS }, register));
    const tooEarly = answers.then((statuses) => {
      throw new Error(`answered before the lock was gone: ${statuses}`);
    });
    const allWait = until(
      async () => {
        const { rows } = await sql<{ waiting: number }>`
          SELECT count(*)::int AS waiting FROM pg_locks WHERE relation = 'users'::regclass AND NOT granted`.execute(
          tx,
        );
        return rows[0]?.waiting === REGISTRATIONS;
      },
      { what: 'the wait of every registration' },
    );
    await Promise.race([allWait, tooEarly]);
    tooEarly.catch(() => undefined);
    return { began: Date.now(), done: shop.stopServing() };
  });
  expect(await answers).toEqual(Array(REGISTRATIONS).fill(201));
  await stopped.done;
  // Kept-alive connections live for 72 s.
  expect(Date.now() - stopped.began).toBeLessThan(60_000);
  await shop.stop();
});
