import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDb, type Db } from '../../src/database/database.ts';
import { keepInstance } from '../../src/database/instances.ts';
import { createPool } from '../../src/database/pool.ts';
import { startReads } from '../../src/database/replicas/reads.ts';
import { newId } from '../../src/shared/ids.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import {
  type PostgresServer,
  type ReplicaSet,
  startReplicaSet,
} from '../support/postgres-server.ts';
import { until } from '../support/until.ts';
import { addressOf } from './support.ts';

const logger = createLogger('silent');
const metrics = createMetrics();
let servers: ReplicaSet;
let db: Db;
let instance: Awaited<ReturnType<typeof keepInstance>>;
let reads: Awaited<ReturnType<typeof startReads>>;
const standby = (at: number) => servers.standbys[at] as PostgresServer;

beforeAll(async () => {
  servers = await startReplicaSet(2);
  const url = addressOf(servers.primary, standby(0));
  db = createDb(createPool(url, { max: 3, logger, connectTimeoutMs: 1000 }));
  instance = await keepInstance(db, { role: 'web', connections: 3, timed: true }, () => undefined);
  reads = await startReads({
    primary: db,
    urls: [() => standby(1).url],
    max: 3,
    instanceId: instance.id,
    logger,
    metrics,
    onRefused: () => undefined,
  });
  await until(() => metrics.replicas().every(({ well }) => well));
});
afterAll(async () => {
  await reads?.stop();
  // First, so that nothing waits for what hangs.
  await servers?.stop();
  await instance?.stop();
  await db?.destroy();
});

const write = async (name: string) => {
  await db.insertInto('categories').values({ id: newId(), name, slug: name }).execute();
};
const settled = (work: Promise<void>) =>
  work.then(
    () => true,
    () => false,
  );
const names = (from: Db) => from.selectFrom('categories').select('name').execute();
const sees = async (name: string) =>
  (await reads.at(null, names)).some((category) => category.name === name);

it('a standby that has more of the old log than the new primary is not taken for one that is up to date', async () => {
  await write('before');
  await until(() => sees('before'));
  await standby(0).stop('fast');
  // Only the other standby has what the primary writes from here on.
  for (let count = 0; count < 50; count += 1) await write(`lost-${count}`);
  await until(() => sees('lost-49'));
  // Its machine is gone with every connection there is: nothing is refused, and nothing answers.
  const every = Array.from({ length: 3 }, () => sql`SELECT pg_sleep(0.1)`.execute(db));
  await Promise.all(every);
  servers.primary.freeze('SIGSTOP');
  const hanging = Array.from({ length: 3 }, () => settled(write(newId())));
  // While no server takes writes, whoever needs nothing in particular is answered.
  expect(await sees('lost-49')).toBe(true);
  await standby(0).start();
  await standby(0).promote();

  await until(() => settled(write('after')));
  expect(await Promise.all(hanging)).toEqual([false, false, false]);
  const position = await reads.position();
  expect(position.timeline).toBe(2);
  const [old] = await standby(1).query<{ bytes: number }>(
    "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::float8 AS bytes",
  );
  expect(old?.bytes).toBeGreaterThan(position.bytes);
  // At once for whoever needs it, and for everybody else before long.
  expect(await reads.at('now', names)).toContainEqual({ name: 'after' });
  expect(await reads.at(position, names)).toContainEqual({ name: 'after' });
  await until(() => sees('after'));
  expect(await sees('lost-49')).toBe(false);
});
