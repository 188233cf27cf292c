import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningProxy, startProxy } from '../deploy/proxy.ts';
import { describeWith } from '../observability/engines.ts';
import { createApi } from '../support/api.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { ADMIN } from '../support/process.ts';
import { until } from '../support/until.ts';
import { startRedis } from './redis.ts';
import { type Shoppers, sendShoppers } from './shoppers.ts';
import { openSite, type Running, type Site } from './site.ts';

const SHOPPERS = 6;
/** Orders between two things that are done to the shop. */
const A_WHILE = 15;
const KILL = 'a web process is killed';

describeWith(['nginx', 'redis-server'], 'three web processes and two workers behind nginx', () => {
  let database: TestDatabase;
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let mails: SMTPServer;
  let site: Site;
  let proxy: RunningProxy;
  let webs: Running[];
  let workers: Running[];
  let shoppers: Shoppers;
  let phase = 'before';

  beforeAll(async () => {
    database = await createDatabase();
    redis = await startRedis();
    mails = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => void stream.on('end', done).resume(),
    });
    const server = mails.listen(0, '127.0.0.1');
    await once(server, 'listening');
    site = await openSite({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      SMTP_URL: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
      RATE_LIMIT: 'on',
      RATE_LIMIT_PERCENT: '10000',
      // A machine that carries all of them on two processors is slow, and nothing here is about that.
      LOAD_SHEDDING: 'off',
    });
    webs = await Promise.all(Array.from({ length: 3 }, () => site.start('web')));
    workers = await Promise.all(Array.from({ length: 2 }, () => site.start('worker')));
    proxy = await startProxy(...webs.map(({ url }) => url));
    await site.sendWebhooksTo(proxy.url);
  });
  afterAll(async () => {
    await proxy?.stop();
    await site?.stop();
    mails?.close();
    await redis?.stop();
    await database?.drop();
  });

  /** Goes on until some more orders were placed. */
  async function aWhile(): Promise<void> {
    const before = shoppers.orders.size;
    await until(() => shoppers.orders.size >= before + A_WHILE, { what: phase });
  }

  it('serve on while some are killed, others added and one stopped', async () => {
    const { customer, product } = createApi(proxy.url, site.standInUrl, ADMIN);
    const board = await product({ stock: 100_000 });
    const customers = await Promise.all(Array.from({ length: SHOPPERS }, customer));
    shoppers = sendShoppers({
      url: proxy.url,
      standInUrl: site.standInUrl,
      tokens: customers.map(({ token }) => token),
      product: board,
      phase: () => phase,
    });
    await aWhile();

    phase = 'a worker is killed';
    workers[0]?.child.kill('SIGKILL');
    await aWhile();

    phase = KILL;
    webs[0]?.child.kill('SIGKILL');
    await aWhile();

    phase = 'a web process and a worker are added';
    const [web] = await Promise.all([site.start('web'), site.start('worker')]);
    webs.push(web);
    await proxy.use(webs.slice(1).map(({ url }) => url));
    await until(() => hasServed(web), { what: 'requests to the new process' });
    await aWhile();

    phase = 'a web process and a worker are told to stop';
    const stopping = [webs[1], workers[1]] as [Running, Running];
    for (const { child } of stopping) child.kill('SIGTERM');
    await until(() => isDraining(stopping[0]), { what: 'the drain' });
    expect(await Promise.all(stopping.map(({ ended }) => ended))).toEqual([0, 0]);
    await aWhile();
    await shoppers.leave();
    // What a killed process had begun to say nobody else can end.
    const cut = shoppers.failures.filter(
      ({ phase: sent, failedIn, what }) =>
        [sent, failedIn].includes(KILL) && /aborted|socket hang up|ECONNRESET/.test(what),
    );
    expect(cut.length).toBeLessThanOrEqual(SHOPPERS);
    expect(shoppers.failures.filter((failure) => !cut.includes(failure))).toEqual([]);
    expect(shoppers.paid.size).toBeGreaterThan(SHOPPERS);
  });

  it('every accepted order exists once, and each payment settled once', async () => {
    const { rows: orders } = await sql<{ id: string }>`SELECT id FROM orders`.execute(database.db);
    expect(orders.map(({ id }) => id).toSorted()).toEqual([...shoppers.orders.values()].toSorted());
    // What a killed worker held is given back once its lease is over.
    await until(async () => (await ordersPaid()).length === shoppers.paid.size, {
      what: 'every payment',
    });
    expect((await ordersPaid()).toSorted()).toEqual([...shoppers.paid.keys()].toSorted());
    const { rows: payments } = await sql<{ order_id: string }>`
      SELECT order_id FROM payments`.execute(database.db);
    expect(payments.map(({ order_id }) => order_id).toSorted()).toEqual(
      [...shoppers.paid.keys()].toSorted(),
    );
    const { data } = await createApi('', site.standInUrl, ADMIN).atStripe('/_test/charges');
    expect(data.map(({ sessionId }: { sessionId: string }) => sessionId).toSorted()).toEqual(
      [...shoppers.paid.values()].toSorted(),
    );
  });

  it('events and jobs are worked off, and the audit finds nothing', async () => {
    const waiting = async () => {
      const { rows } = await sql<{ waiting: number }>`
        SELECT (SELECT count(*) FROM outbox_events WHERE published_at IS NULL)
          + (SELECT count(*) FROM graphile_worker.jobs WHERE run_at <= now()) AS waiting`.execute(
        database.db,
      );
      return rows[0]?.waiting;
    };
    await until(async () => (await waiting()) === 0, { what: 'all work' });
    await expectCleanAudit(database.db);
  });

  async function ordersPaid(): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM orders WHERE status = 'paid'`.execute(database.db);
    return rows.map(({ id }) => id);
  }
});

async function hasServed({ url }: Running): Promise<boolean> {
  const text = await fetch(`${url}/metrics`).then((answer) => answer.text());
  return /^http_requests_total\{[^}]*route="\/api\/orders"/m.test(text);
}

/** Whether a process says that it stops, or has stopped. */
function isDraining({ url }: Running): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    ({ status }) => status === 503,
    () => true,
  );
}
