import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Db } from '../../src/database/database.ts';
import { createLooseActs } from '../../src/trail/loose-acts.ts';
import { startTrailWriter, writeLooseActs } from '../../src/trail/writer.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const at = Date.UTC(2026, 0, 1, 12);
const from = (network: string) => ({
  ...{ actor: { kind: 'visitor', id: null } as const, network, correlationId: null },
});
/** Acts of which so many come from one network in a minute. */
function refused(times: number, subject = '/admin', now = at) {
  const acts = createLooseActs();
  const act = { act: 'access.refused', subject, detail: { method: 'GET' } } as const;
  for (let time = 0; time < times; time += 1) acts.add(act, from('203.0.113.0/24'), now);
  return { acts, act };
}
const written = async (subject: string) =>
  database.db.selectFrom('trail').select('act').where('subject_id', '=', subject).execute();
/** A database of which every transaction fails. */
const failing = (code: string) =>
  ({
    transaction: () => ({
      execute: () => Promise.reject(Object.assign(new Error('failed'), { code })),
    }),
  }) as unknown as Db;

describe('acts that wait to be written', () => {
  it('tell what was left out once its minute is over, or at the end, and once', () => {
    const { acts } = refused(13);
    expect(acts.take(5000, { now: at + 59_999 })).toHaveLength(10);
    expect(acts.take(5000, { now: at + 60_000 })).toMatchObject([{ detail: { more: 3 } }]);
    expect(acts.take(5000, { now: at + 120_000, last: true })).toEqual([]);
    const { acts: others } = refused(11);
    expect(others.take(5000, { now: at })).toHaveLength(10);
    expect(others.take(5000, { now: at, last: true })).toMatchObject([{ detail: { more: 1 } }]);
  });

  it('are two thousand at most, whatever acts they are', () => {
    const { acts, act } = refused(0);
    for (let minute = 0; minute < 300; minute += 1)
      for (let time = 0; time < 8; time += 1)
        acts.add(act, from('203.0.113.0/24'), at + minute * 60_000);
    const taken = acts.take(5000, { now: at + 299 * 60_000 });
    expect(taken.filter(({ network }) => network !== null)).toHaveLength(2000);
  });

  it('are taken so many at a time, the oldest first, and stand first again once given back', () => {
    const { acts, act } = refused(3);
    const taken = acts.take(2, { now: at });
    expect(taken).toHaveLength(2);
    acts.add({ ...act, subject: '/later' }, from('203.0.113.0/24'), at);
    acts.putBack(taken);
    expect(acts.take(5000, { now: at }).map(({ subject }) => subject)).toEqual([
      ...['/admin', '/admin', '/admin', '/later'],
    ]);
  });
});

describe('the writer of the trail', () => {
  it('writes what waits, also what came at the very end', async () => {
    const { acts } = refused(12, '/the-end', Date.now());
    const logger = pino({ level: 'silent' });
    await startTrailWriter({ db: database.db, acts, logger }).stop();
    expect(await written('/the-end')).toHaveLength(10);
    const [last] = await database.db
      .selectFrom('trail')
      .select('detail')
      .orderBy('position', 'desc')
      .limit(1)
      .execute();
    expect(last?.detail).toEqual({ more: 2 });
  });

  it('tells nothing of a minute that is not over', async () => {
    // The minute does not turn while the database is at work.
    vi.useFakeTimers({ toFake: ['Date'], now: at });
    onTestFinished(() => void vi.useRealTimers());
    const { acts } = refused(12, '/still-going');
    await writeLooseActs({ db: database.db, acts });
    expect(await written('/still-going')).toHaveLength(10);
    expect(acts.take(10, { last: true })).toMatchObject([{ detail: { more: 2 } }]);
  });

  it('keeps what the database could not take for a moment, and says so', async () => {
    const logged: string[] = [];
    const logger = pino({}, { write: (line: string) => void logged.push(line) });
    const { acts } = refused(3, '/kept', Date.now());
    await startTrailWriter({ db: failing('57P01'), acts, logger }).stop();
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, msg: 'the audit trail could not be written', err: { message: 'failed' } },
    ]);
    await writeLooseActs({ db: database.db, acts });
    expect(await written('/kept')).toHaveLength(3);
  });

  it('does not try for ever what the database will never take', async () => {
    const { acts } = refused(3);
    await expect(writeLooseActs({ db: failing('22P05'), acts })).rejects.toThrow('failed');
    expect(acts.take(10)).toEqual([]);
  });
});
