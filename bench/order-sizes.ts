import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { fill, stock } from './support/catalogue.ts';
import { median } from './support/median.ts';
import { openShop, post, type ShopProcess } from './support/processes.ts';

/**
 * What orders leave behind: rows and bytes for each by table once they were placed, paid and sent, what each step
 * writes to the log, and the memory of a connection. `node bench/order-sizes.ts [ORDERS]`, of two lines each.
 */
const orders = Number(process.argv[2] ?? 2000);
const AT_ONCE = 16;
const VARIANTS = 200;

interface Size {
  readonly rows: number;
  readonly table: number;
  readonly indexes: number;
}

const folder = await mkdtemp(join(tmpdir(), 'mainstay-sizes-'));
const postgres = await startEmbeddedPostgres({ dataDir: folder, role: 'tool' });
await fill(postgres.url, 100);
const env = { DATABASE_URL: postgres.url, DATA_DIR: join(folder, 'shop'), DEMO_CATALOGUE: 'off' };
const shop = await openShop(env, join(folder, 'shop.log'));
const client = new pg.Client(postgres.url);
await client.connect();
try {
  await run();
} finally {
  await client.end();
  await shop.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit();

async function run(): Promise<void> {
  const variants = await stock(shop, { title: 'Sold', variants: VARIANTS, units: 1_000_000 });
  await eachOf(await eachOf(range(100), () => place(variants)), pay);
  await settled();
  await client.query('VACUUM ANALYZE');
  const before = await sizes();
  const log: Record<string, number> = {};
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const from = await position();
    const result = await work();
    await settled();
    log[name] = ((await position()) - from) / orders;
    return result;
  };
  const ids = await step('placed', () => eachOf(range(orders), () => place(variants)));
  await step('paid', () => eachOf(ids, pay));
  await step('sent', () => eachOf(ids, send));
  const connections = await memoryOfConnections();
  await client.query('VACUUM ANALYZE');
  const after = await sizes();

  say(`${orders} orders of two lines, ${AT_ONCE} requests at once; for each:`);
  const all = { rows: 0, table: 0, indexes: 0 };
  for (const [name, size] of [...after].toSorted(([, a], [, b]) => bytesOf(b) - bytesOf(a))) {
    const old = before.get(name) ?? { rows: 0, table: 0, indexes: 0 };
    const grown = difference(size, old);
    if (grown.rows < 0.01 && bytesOf(grown) < 10) continue;
    tell(name, grown);
    for (const key of ['rows', 'table', 'indexes'] as const) all[key] += grown[key];
  }
  tell('all', all);
  for (const [name, bytes] of Object.entries(log)) say(`log, ${name}: ${Math.round(bytes)} bytes`);
  say(`memory of the shop: ${await shop.memory()} MB; of a connection: ${connections} MB`);
}

/** The order's id. */
async function place(variants: readonly string[]): Promise<string> {
  const at = Math.floor(Math.random() * VARIANTS);
  const items = [at, (at + 1) % VARIANTS].map((n) => ({ variantId: variants[n], quantity: 1 }));
  return (await ask(shop, 'POST', '/api/orders', { items })).id;
}

async function pay(orderId: string): Promise<void> {
  const { url, sessionId } = await ask(shop, 'POST', '/api/checkout', { orderId });
  const standIn = url.slice(0, url.indexOf('/pay/'));
  const card = '4242424242424242';
  await post(`${standIn}/_test/checkout/sessions/${sessionId}/pay`, { card });
}

async function send(orderId: string): Promise<void> {
  await ask(shop, 'PUT', `/api/orders/${orderId}`, { status: 'fulfilled' });
}

/** @throws Error where it is refused. */
async function ask({ url, token }: ShopProcess, method: string, path: string, body: unknown) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return JSON.parse(await response.text());
}

/** Waits until nothing is left to do: webhooks, jobs, events. */
async function settled(): Promise<void> {
  for (let quiet = 0; quiet < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { rows } = await client.query(`
      SELECT (SELECT count(*) FROM outbox_events WHERE published_at IS NULL)
        + (SELECT count(*) FROM graphile_worker.jobs WHERE run_at <= now())
        + (SELECT count(*) FROM checkout_sessions WHERE status <> 'completed') AS left`);
    quiet = rows[0].left === '0' ? quiet + 1 : 0;
  }
}

async function position(): Promise<number> {
  const { rows } = await client.query("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS at");
  return Number(rows[0].at);
}

async function sizes(): Promise<Map<string, Size>> {
  const { rows: tables } = await client.query(`
    SELECT oid::regclass AS name, pg_table_size(oid) AS table, pg_indexes_size(oid) AS indexes
    FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'graphile_worker'::regnamespace)`);
  const found = new Map<string, Size>();
  for (const { name, table, indexes } of tables) {
    const { rows } = await client.query(`SELECT count(*) FROM ${name}`);
    found.set(name, {
      rows: Number(rows[0].count),
      table: Number(table),
      indexes: Number(indexes),
    });
  }
  return found;
}

/** What the shop's connections have for themselves, the middle one, in megabytes. */
async function memoryOfConnections(): Promise<number> {
  const { rows } = await client.query(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'mainstay'",
  );
  const each = await Promise.all(
    rows.map(async ({ pid }) => {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
      const parts = text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm);
      return [...parts].reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) / 1024;
    }),
  );
  return Math.round(median(each) * 10) / 10;
}

async function eachOf<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = values.entries();
  const worker = async () => {
    for (const [index, value] of left) results[index] = await work(value);
  };
  await Promise.all(range(AT_ONCE).map(worker));
  return results;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function difference(after: Size, before: Size): Size {
  return {
    rows: (after.rows - before.rows) / orders,
    table: (after.table - before.table) / orders,
    indexes: (after.indexes - before.indexes) / orders,
  };
}

function bytesOf({ table, indexes }: Size): number {
  return table + indexes;
}

function tell(name: string, { rows, table, indexes }: Size): void {
  say(
    `${name.padEnd(32)} ${rows.toFixed(1).padStart(5)} rows ${Math.round(table).toString().padStart(6)} + ${Math.round(indexes).toString().padStart(6)} bytes`,
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
