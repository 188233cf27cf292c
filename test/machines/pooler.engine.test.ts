import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../observability/engines.ts';
import { type Answer, createApi } from '../support/api.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { ADMIN, runEntry } from '../support/process.ts';
import { until } from '../support/until.ts';
import { type RunningPooler, startPooler } from './pooler.ts';
import { openSite, type Running, type Site } from './site.ts';

/** Fewer than either process alone has connections to the pooler. */
const SIZE = 3;
const ORDERS = 40;
const PAID = 6;

describeWith(['pgbouncer'], 'a shop behind PgBouncer in transaction mode', () => {
  let database: TestDatabase;
  let pooler: RunningPooler;
  let site: Site;
  let web: Running;
  let worker: Running;

  beforeAll(async () => {
    database = await createDatabase();
    pooler = await startPooler(database.url, SIZE);
    site = await openSite({
      DATABASE_URL: `${pooler.url}?application_name=pooled`,
      DATABASE_DIRECT_URL: `${database.url}?application_name=direct`,
      DATABASE_POOL_MAX: '10',
      // A machine that stands still for a moment is none of this.
      LOAD_SHEDDING: 'off',
    });
    [web, worker] = await Promise.all([site.start('web'), site.start('worker')]);
    await site.sendWebhooksTo(web.url);
  });
  afterAll(async () => {
    await site?.stop();
    await pooler?.stop();
    await database?.drop();
  });

  const client = (patient = false) => createApi(web.url, site.standInUrl, ADMIN, { patient });

  it('sells, is paid, mails and expires, on fewer connections than it asks for', async () => {
    const { customer, product, order, pay, api } = client();
    const customers = await Promise.all(Array.from({ length: 4 }, customer));
    const board = await product({ stock: ORDERS });
    const placed = await Promise.all(
      Array.from({ length: ORDERS }, async (_, index) => {
        const { token = '' } = customers[index % customers.length] ?? {};
        await api('GET', `/api/products/search?q=oak`);
        const { status, body } = await order(token, board.variantId, 1, {
          'idempotency-key': randomUUID(),
        });
        return { status, token, id: String(body.id) };
      }),
    );
    expect(placed.map(({ status }) => status)).toEqual(Array(ORDERS).fill(201));
    await Promise.all(placed.slice(0, PAID).map(({ token, id }) => pay(token, id)));

    const { id, token } = placed[PAID] ?? { id: '', token: '' };
    await sql`UPDATE orders SET reserved_until = now() WHERE id = ${id}`.execute(database.db);
    await until(
      async () => (await api('GET', `/api/orders/${id}`, { token })).body.status === 'expired',
    );
    // Mails are sent by jobs, and a job is begun when the queue tells, which takes a session.
    await until(async () => (await jobsLeft()) === 0, { what: 'the end of every job' });
    expect(await connectionsOf('direct')).toBeGreaterThanOrEqual(2);
    expect(await connectionsOf('pooled')).toBe(SIZE);
    await expectCleanAudit(database.db);
  });

  it('lends connections with the shop’s limits of time', async () => {
    const borrowed = new pg.Client({ connectionString: pooler.url });
    await borrowed.connect();
    const limit = async (name: string) => (await borrowed.query(`SHOW ${name}`)).rows[0][name];
    expect(await limit('statement_timeout')).toBe('15s');
    expect(await limit('lock_timeout')).toBe('10s');
    expect(await limit('idle_in_transaction_session_timeout')).toBe('30s');
    await borrowed.end();
    expect(web.output.out).not.toContain('no limits of time');
  });

  it('killed under load has the shop ask for patience, then everything goes on once', async () => {
    const { customer, product, api } = client();
    const board = await product({ stock: 500 });
    const { token } = await customer();
    const body = { items: [{ variantId: board.variantId, quantity: 1 }] };
    const refused: Answer[] = [];
    const broken: Answer[] = [];
    const accepted = new Map<string, string>();
    let loading = true;
    /** A buyer asks for one order after another, each until it is accepted. */
    async function buy(): Promise<void> {
      while (loading) {
        const key = randomUUID();
        for (let done = false; !done; ) {
          const headers = { 'idempotency-key': key };
          const answer = await api('POST', '/api/orders', { token, body, headers });
          done = answer.status === 201;
          if (done) accepted.set(key, answer.body.id);
          else (answer.status === 503 ? refused : broken).push(answer);
          if (!done) await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }
    const buyers = Array.from({ length: 8 }, buy);
    await until(() => accepted.size > 20, { what: 'orders before' });
    await pooler.kill();
    await until(() => refused.length > 8, { what: 'refusals' });
    const whileAway = await api('GET', '/api/orders', { token });
    const ready = await fetch(`${web.url}/health/ready`).then(({ status }) => status);
    await pooler.start();
    const before = accepted.size;
    await until(() => accepted.size > before + 20, { what: 'orders after' });
    loading = false;
    await Promise.all(buyers);

    expect(broken).toEqual([]);
    expect([whileAway.status, ready]).toEqual([503, 503]);
    for (const { headers } of [whileAway, ...refused])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const { rows } = await sql<{ id: string }>`
      SELECT orders.id FROM orders JOIN order_items ON order_id = orders.id
      WHERE variant_id = ${board.variantId}`.execute(database.db);
    expect(rows.map(({ id }) => id).toSorted()).toEqual([...accepted.values()].toSorted());
    const [paid = ''] = accepted.values();
    await client(true).pay(token, paid);
    await until(async () => (await jobsLeft()) === 0, { what: 'the end of every job' });
    expect(worker.child.exitCode).toBeNull();
    await expectCleanAudit(database.db);
  });

  it('without a way around it a shop ends at once, with the pooler’s reason', async () => {
    const { code, err } = await runEntry('main.ts', ['web'], {
      DATABASE_URL: pooler.url,
      PORT: '0',
    });
    expect(code).toBe(1);
    expect(err).toContain('unsupported startup parameter: lock_timeout');
  });

  it('is audited around it', async () => {
    const env = { DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: database.url };
    const { code, out } = await runEntry('audit.ts', [], env);
    expect([code, out]).toEqual([0, expect.stringContaining('Clean:')]);
  });

  /** Jobs that wait or run, other than what is due by the clock. */
  async function jobsLeft(): Promise<number> {
    const { rows } = await sql<{ jobs: number }>`
      SELECT count(*) AS jobs FROM graphile_worker.jobs WHERE run_at <= now()`.execute(database.db);
    return rows[0]?.jobs ?? 0;
  }

  /** Connections that the server has, by what they are called. */
  async function connectionsOf(name: 'direct' | 'pooled'): Promise<number> {
    const { rows } = await sql<{ connections: number }>`
      SELECT count(*) AS connections FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = ${name}`.execute(database.db);
    return rows[0]?.connections ?? 0;
  }
});
