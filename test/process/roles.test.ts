import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../support/api.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { logLines, makeDataDir, runEntry, startMain } from '../support/process.ts';
import { until } from '../support/until.ts';

const ADMIN = { email: 'admin@example.test', password: 'administrator' };

/** Packages for what a process may never do, or is not configured to. */
const NEEDED_LATER =
  /node_modules\/(stripe|nodemailer|sanitize-html|htmlparser2|postcss|openid-client|csv-parse|csv-stringify|request-filtering-agent|standardwebhooks|@aws-sdk|ioredis|@nats-io|@platformatic\/kafka|@opentelemetry\/(sdk|instrumentation|exporter)[^/]*)\//;
const OF_WORKERS = /\/src\/(worker|tasks)\.ts$/;
const OF_SHOPPERS =
  /node_modules\/@fastify\/(compress|static|swagger)\/|\/src\/modules\/.+\.(routes|pages|controller)\.ts$/;

type Running = Awaited<ReturnType<typeof startMain>>;

/** A web and a worker of one shop: neither does the other's work. */
describe('web and worker as processes of their own', () => {
  let database: TestDatabase;
  let dataDirs: Awaited<ReturnType<typeof makeDataDir>>[];
  let web: Running;
  let worker: Running;

  beforeAll(async () => {
    database = await createDatabase();
    dataDirs = [await makeDataDir(), await makeDataDir()];
    const env = {
      DATABASE_URL: database.url,
      JWT_SECRET: 'a secret of the tests, long enough to sign with',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      DEMO_CATALOGUE: 'off',
      RATE_LIMIT: 'off',
      RESERVATION_TTL_SECONDS: '1',
    };
    const [ofWeb = '', ofWorker = ''] = dataDirs.map(({ path }) => path);
    [web, worker] = await Promise.all([
      startMain(ofWeb, { ...env, ...watching(ofWeb) }, ['web']),
      startMain(ofWorker, { ...env, ...watching(ofWorker) }, ['worker']),
    ]);
  });

  afterAll(async () => {
    for (const { child, ended } of [web, worker]) {
      child.kill('SIGKILL');
      await ended;
    }
    for (const { remove } of dataDirs) await remove();
    await database.drop();
  });

  it('neither has loaded what it does not need yet', async () => {
    const [ofWeb = [], ofWorker = []] = await Promise.all(dataDirs.map(loadedIn));
    for (const loaded of [ofWeb, ofWorker])
      expect(loaded.filter((name) => NEEDED_LATER.test(name))).toEqual([]);
    expect(ofWeb.filter((name) => OF_WORKERS.test(name))).toEqual([]);
    expect(ofWorker.filter((name) => OF_SHOPPERS.test(name))).toEqual([]);
    // Idle memory grows with them: docs/performance.md.
    expect(ofWeb.length).toBeLessThan(2300);
    expect(ofWorker.length).toBeLessThan(1850);
  });

  it('a worker answers probes and metrics, and nothing of the shop', async () => {
    const statusOf = (path: string, method = 'GET') =>
      fetch(`${worker.url}${path}`, { method }).then(({ status }) => status);
    for (const path of ['/health/live', '/health/ready', '/metrics'])
      expect([path, await statusOf(path)]).toEqual([path, 200]);
    for (const path of ['/', '/api/products', '/api-docs', '/admin', '/css/mainstay.css'])
      expect([path, await statusOf(path)]).toEqual([path, 404]);
    expect(await statusOf('/api/webhooks/stripe', 'POST')).toBe(404);
  });

  it('an order placed at a web process expires at a worker, and never at the web', async () => {
    const { customer, product, order, api, available } = createApi(web.url, '', ADMIN);
    const { token } = await customer();
    const board = await product({ stock: 3 });
    const { body } = await order(token, board.variantId, 2, { 'idempotency-key': randomUUID() });
    await until(
      async () => (await api('GET', `/api/orders/${body.id}`, { token })).body.status === 'expired',
    );
    expect(await available(board)).toBe(3);
    const expiredAt = async ({ url }: Running) =>
      /^orders_expired_total (\d+)$/m.exec(
        await fetch(`${url}/metrics`).then((r) => r.text()),
      )?.[1];
    expect(await expiredAt(worker)).toBe('1');
    expect(await expiredAt(web)).toBe('0');
  });

  it('without a worker nothing expires', async () => {
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(logLines(worker.output).at(-1)).toMatchObject({ message: 'stopped' });
    const { customer, product, order, api } = createApi(web.url, '', ADMIN);
    const { token } = await customer();
    const { body } = await order(token, (await product()).variantId);
    await until(async () => {
      const { rows } = await database.pool.query<{ overdue: boolean }>(
        `SELECT reserved_until < now() - interval '2 s' AS overdue FROM orders WHERE id = $1`,
        [body.id],
      );
      return rows[0]?.overdue === true;
    });
    expect((await api('GET', `/api/orders/${body.id}`, { token })).body.status).toBe('pending');
  });

  it('a web process told to stop ends with 0', async () => {
    web.child.kill('SIGTERM');
    expect(await web.ended).toBe(0);
    expect(logLines(web.output).at(-1)).toMatchObject({ message: 'stopped' });
  });
});

const PRELOADED = pathToFileURL(join(import.meta.dirname, 'loaded-modules.ts')).href;

/** Has a process list what it loads in its data folder. */
function watching(dataDir: string): Record<string, string> {
  return {
    NODE_OPTIONS: `--import=${PRELOADED}`,
    LOADED_MODULES: join(dataDir, 'modules.txt'),
  };
}

async function loadedIn({ path }: { path: string }): Promise<string[]> {
  const list = await readFile(join(path, 'modules.txt'), 'utf8');
  return list.split('\n').filter((url) => url.startsWith('file:'));
}

it.each([
  ['a role that does not exist', ['wroker']],
  ['more than one role', ['web', 'worker']],
])('a start with %s ends with 1 and says how to start', async (_what, args) => {
  const { code, err } = await runEntry('main.ts', args, {});
  expect(err).toBe('Usage: npm start | npm run web | npm run worker\n');
  expect(code).toBe(1);
});
