import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import { logLines } from '../support/process.ts';
import { until } from '../support/until.ts';
import { openSite, type Running, type Site } from './site.ts';

/** What its own superuser, whose account the shop has here, may not use is three less. */
const SERVER = { max_connections: '24', superuser_reserved_connections: '3', fsync: 'off' };

let folder: string;
let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>;
let site: Site;
let web: Running;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mainstay-small-'));
  server = await startEmbeddedPostgres({ dataDir: folder, role: 'tool', settings: SERVER });
  site = await openSite({ DATABASE_URL: server.url, LOAD_SHEDDING: 'off' });
  web = await site.start('web');
});
afterAll(async () => {
  await site?.stop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const warnings = ({ output }: Running) =>
  logLines(output).flatMap(({ arithmetic }) => (arithmetic === undefined ? [] : [arithmetic]));

async function gauges(): Promise<(string | undefined)[]> {
  const text = await fetch(`${web.url}/metrics`).then((answer) => answer.text());
  return ['claimed', 'limit'].map(
    (name) => new RegExp(`^database_connections_${name} (\\d+)$`, 'm').exec(text)?.[1],
  );
}

it('the process that is one too many for the server says so, with the arithmetic', async () => {
  let told = await gauges();
  // They are absent while the database is slow to tell them.
  await until(async () => {
    told = await gauges();
    return told[0] !== undefined;
  });
  expect(told).toEqual(['11', '21']);
  expect(warnings(web)).toEqual([]);
  const worker = await site.start('worker');
  // Lines of the log are written together, a moment later.
  await until(() => warnings(worker).length > 0, { what: 'the warning' });
  expect(warnings(worker)).toEqual(['1 web × 11 + 1 worker × 11 = 22 > 21']);
  await until(async () => (await gauges())[0] === '22', { what: 'the claim of both' });
  expect(warnings(web)).toEqual([]);

  worker.child.kill('SIGKILL');
  await worker.ended;
});

it('work that gets no connection of a full server is asked to come again, and nothing else fails', async () => {
  const taken: pg.Client[] = [];
  const locker = new pg.Client({ connectionString: server.url });
  await locker.connect();
  await locker.query('BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
  const list = (limit: number) => fetch(`${web.url}/api/products?limit=${limit}`);
  // One of the shop's own connections is at work when the others are taken.
  const first = list(1);
  const isAtWork = async () => {
    const { rows } = await locker.query('SELECT FROM pg_locks WHERE NOT granted');
    return rows.length > 0;
  };
  await until(isAtWork, { what: 'a list that waits' });
  // Its idle ones, as many as came together before, are ended, so that it has to ask for others.
  await locker.query(`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE usename = current_user AND state = 'idle' AND query NOT ILIKE 'listen%'`);
  const isFull = async () => {
    const client = new pg.Client({ connectionString: server.url });
    try {
      await client.connect();
    } catch (error) {
      return (error as { code?: string }).code === '53300';
    }
    taken.push(client);
    return false;
  };
  await until(isFull, { what: 'a full server' });
  const others = Array.from({ length: 9 }, (_, index) => list(index + 2));
  const refused = await Promise.race(others);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'service_unavailable' });

  await locker.query('ROLLBACK');
  const statuses = await Promise.all(others.map(async (answer) => (await answer).status));
  expect(new Set([(await first).status, ...statuses])).toEqual(new Set([200, 503]));
  await Promise.all([locker, ...taken].map((client) => client.end()));
  const ask = () => fetch(`${web.url}/api/products`).then(({ status }) => status);
  await until(async () =>
    (await Promise.all(Array.from({ length: 10 }, ask))).every((s) => s === 200),
  );
});
