import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { type Api, createApi } from '../support/api.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { makeDataDir, startMain } from '../support/process.ts';
import { until } from '../support/until.ts';
import { describeWith } from './engines.ts';
import { type PrometheusServer, startPrometheus } from './prometheus.ts';

const ADMIN = { email: 'admin@example.test', password: 'administrator' };

/** Jobs that nobody takes. */
const pigeons = sql`task_id = (SELECT id FROM graphile_worker._private_tasks WHERE identifier = 'send_mail_by_pigeon')`;

/** Each alert by what it is about, done to a real process: the shop's numbers are those that the rules ask for. */
describeWith(['prometheus'], 'what goes wrong in a running shop', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let dataDir: Awaited<ReturnType<typeof makeDataDir>>;
  let main: Awaited<ReturnType<typeof startMain>>;
  let shop: Api;
  let prometheus: PrometheusServer;
  beforeAll(async () => {
    database = await createDatabase();
    dataDir = await makeDataDir();
    const url = new URL(database.url);
    proxy = await TcpProxy.start(Number(url.port || 5432));
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    main = await startMain(dataDir.path, {
      DATABASE_URL: url.toString(),
      DATABASE_POOL_MAX: '4',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      DEMO_CATALOGUE: 'off',
      RATE_LIMIT: 'off',
    });
    shop = createApi(main.url, main.standInUrl, ADMIN);
    prometheus = await startPrometheus({ target: new URL(main.url).host, hasty: true });
    await told('Watchdog');
  });
  afterAll(async () => {
    await prometheus?.stop();
    main?.child.kill('SIGKILL');
    await main?.ended;
    await proxy?.close();
    await dataDir?.remove();
    await database?.drop();
  });

  /** Waits until an alert fires; its labels. */
  async function told(name: string): Promise<Record<string, string>> {
    let labels: Record<string, string> | undefined;
    await until(
      async () => {
        labels = (await prometheus.firing()).get(name);
        return labels !== undefined;
      },
      { what: name },
    );
    return labels ?? {};
  }

  /** Waits until an alert ends. */
  const over = (name: string) =>
    until(async () => !(await prometheus.firing()).has(name), {
      what: `the end of ${name}`,
    });

  const ask = (statement: ReturnType<typeof sql>) => statement.execute(database.db);

  /** Orders of a customer, as what asks for the payment page of each. */
  async function waitingOrders(count: number) {
    const { token } = await shop.customer();
    const product = await shop.product({ stock: count });
    const orders = Array.from({ length: count }, () => shop.order(token, product.variantId));
    return (await Promise.all(orders)).map(
      ({ body }) =>
        () =>
          shop.api('POST', '/api/checkout', { token, body: { orderId: body.id } }),
    );
  }

  describe.concurrent('what has nothing to do with the rest', () => {
    it('tells of a job that failed for the last time, and of one that nobody takes', async ({
      expect,
    }) => {
      await ask(sql`SELECT graphile_worker.add_job('send_mail_by_pigeon', max_attempts => 1)`);
      await ask(
        sql`UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = 'no pigeon' WHERE ${pigeons}`,
      );
      expect(await told('JobsDead')).toMatchObject({ task: 'send_mail_by_pigeon' });
      await ask(
        sql`SELECT graphile_worker.add_job('send_mail_by_pigeon', run_at => now() - interval '10 minutes')`,
      );
      await told('JobsWait');
      await ask(sql`DELETE FROM graphile_worker._private_jobs WHERE ${pigeons}`);
      await over('JobsDead');
      await over('JobsWait');
    });

    it('tells of events that nobody sends on, and of one that was given up on', async () => {
      await ask(sql`ALTER TABLE relay_leases RENAME TO away`);
      await shop.customer();
      const { token } = await shop.customer();
      const { variantId } = await shop.product();
      await shop.order(token, variantId);
      await ask(
        sql`UPDATE outbox_events SET occurred_at = now() - interval '5 minutes' WHERE published_at IS NULL`,
      );
      await told('OutboxLags');
      await ask(sql`ALTER TABLE away RENAME TO relay_leases`);
      await over('OutboxLags');
      await ask(sql`UPDATE outbox_events SET published_at = NULL, dead_at = now()
        WHERE id = (SELECT id FROM outbox_events ORDER BY position DESC LIMIT 1)`);
      await told('EventsGivenUp');
      await ask(
        sql`UPDATE outbox_events SET published_at = now(), dead_at = NULL WHERE dead_at IS NOT NULL`,
      );
      await over('EventsGivenUp');
    });

    it('tells of money that does not match', async () => {
      const opened = (await waitingOrders(1)).map((checkout) => checkout());
      for (const { body } of await Promise.all(opened)) {
        await shop.fault({ wrongAmount: 1 });
        await shop.payAtStandIn(body.sessionId);
      }
      await told('MoneyParked');
      await shop.fault({ clear: true });
    });

    it('tells of books that do not agree', async ({ expect }) => {
      const { variantId } = await shop.product();
      await ask(sql`UPDATE stock_levels SET on_hand = on_hand + 1 WHERE variant_id = ${variantId}`);
      await ask(sql`SELECT graphile_worker.add_job('reconcile', '{"trigger":"command"}'::json)`);
      expect(await told('InvariantBroken')).toMatchObject({ check: 'stock-equals-ledger' });
      expect(await told('FindingsOpen')).toMatchObject({ kind: expect.any(String) });
    });
  });

  it('tells of Stripe being down, and of checkouts that fail for it', async () => {
    const checkouts = await waitingOrders(30);
    await shop.fault({ down: true });
    for (const checkout of checkouts) await checkout();
    expect(await told('PaymentsCircuitOpen')).toMatchObject({ dependency: 'stripe' });
    await told('RequestsFailing');
    await told('CheckoutAvailabilityBurnsFast');
    await shop.fault({ clear: true });
  });

  it('tells of a pool that is exhausted', async () => {
    const { token } = await shop.customer();
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
      await Promise.all(
        Array.from({ length: 12 }, () => shop.api('GET', '/api/orders', { token })),
      );
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    await told('PoolExhausted');
  });

  it('tells of a lost database, and that it is back, without a restart', async () => {
    // An exhausted pool looks like one to the numbers.
    await over('DatabaseLost');
    proxy.refuse(true);
    proxy.cut();
    expect((await told('DatabaseLost')).instance).toBe(new URL(main.url).host);
    proxy.heal();
    await over('DatabaseLost');
  });

  it('tells of a process that is gone', async () => {
    main.child.kill('SIGKILL');
    await main.ended;
    await told('ProcessDown');
  });
});
