import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRateLimiter, forgetFullBuckets } from '../../src/http/rate-limit.ts';
import { newId } from '../../src/shared/ids.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const limiter = (enabled = true) => createRateLimiter(database.db, { enabled });
/** A period in which no test comes far enough for another token. */
const PERIOD_SECONDS = 6000;
const bucket = (
  limit: number,
  { name = 'sign-in', subject = newId(), periodSeconds = PERIOD_SECONDS } = {},
) => ({
  ...{ name, subject, limit, periodSeconds },
});
/** How many of so many tries are let in. */
async function letIn(buckets: ReturnType<typeof bucket>[], tries: number): Promise<number> {
  let times = 0;
  for (let index = 0; index < tries; index += 1)
    await limiter()
      .take(buckets)
      .then(() => {
        times += 1;
      })
      .catch(() => undefined);
  return times;
}
const refusal = (buckets: ReturnType<typeof bucket>[]) =>
  limiter()
    .take(buckets)
    .then(
      () => null,
      (error) => error,
    );
/** So many seconds, less what the test took meanwhile. */
function expectWholeSeconds(seconds: number, { upTo }: { upTo: number }) {
  expect(Number.isInteger(seconds)).toBe(true);
  expect(seconds).toBeLessThanOrEqual(upTo);
  expect(seconds).toBeGreaterThan(upTo - 100);
}

describe('attempts', () => {
  it('are let in up to their limit; then who tries is told when to come again', async () => {
    const three = bucket(3);
    expect(await letIn([three], 5)).toBe(3);
    const { code, message, retryAfterSeconds } = await refusal([three]);
    expect(code).toBe('rate_limited');
    expect(message).toBe(`Too many attempts. Try again in ${retryAfterSeconds} seconds.`);
    expectWholeSeconds(retryAfterSeconds, { upTo: 2000 });
  });

  it('are told of one second as of one', async () => {
    const often = bucket(1, { periodSeconds: 1 });
    let told: string | undefined;
    // A slow machine may take the second that the bucket needs to let somebody in again.
    await until(async () => {
      await letIn([often], 1);
      told = (await refusal([often]))?.message;
      return told !== undefined;
    });
    expect(told).toBe('Too many attempts. Try again in 1 second.');
  });

  it('wait the shorter the longer ago the others were', async () => {
    const three = bucket(3, { name: 'waiting' });
    await letIn([three], 3);
    await database.db
      .updateTable('rate_limits')
      .set({ theoretical_arrival: sql<Date>`theoretical_arrival - interval '1500 seconds'` })
      .where('key', 'like', 'waiting:%')
      .execute();
    expectWholeSeconds((await refusal([three])).retryAfterSeconds, { upTo: 500 });
  });

  it('are counted by what they are and by whom', async () => {
    const one = bucket(1);
    await letIn([one], 1);
    expect(await letIn([{ ...one, name: 'register' }], 2)).toBe(1);
    expect(await letIn([{ ...one, subject: newId() }], 2)).toBe(1);
    expect(await letIn([one], 1)).toBe(0);
  });

  it('take from every bucket, or from none', async () => {
    const [wide, tight] = [bucket(3), bucket(1)];
    expect(await letIn([wide, tight], 3)).toBe(1);
    expect(await letIn([wide], 5)).toBe(2);
  });

  it('that turn out not to count are given back', async () => {
    const two = bucket(2);
    const giveBack = await limiter().take([two]);
    await giveBack();
    expect(await letIn([two], 3)).toBe(2);
  });

  it('are all let in where limits are switched off', async () => {
    const one = bucket(1);
    for (let index = 0; index < 3; index += 1) await limiter(false).take([one]);
    const giveBack = await limiter(false).take([one]);
    await giveBack();
    expect(await letIn([one], 2)).toBe(1);
  });

  it('leave nothing to tell who made them, and nothing at all once they are over', async () => {
    const [over, under] = [bucket(1, { name: 'over' }), bucket(1, { name: 'under' })];
    for (const one of [over, under]) await letIn([one], 1);
    const keys = async () =>
      (await database.db.selectFrom('rate_limits').select('key').execute()).map(({ key }) => key);
    expect((await keys()).join(' ')).not.toContain(over.subject);
    const past = sql<Date>`now() - interval '1 second'`;
    await database.db
      .updateTable('rate_limits')
      .set({ theoretical_arrival: past })
      .where('key', 'like', 'over:%')
      .execute();
    await forgetFullBuckets(database.db);
    const names = (await keys()).map((key) => key.split(':')[0]);
    expect(names).toContain('under');
    expect(names).not.toContain('over');
  });
});
