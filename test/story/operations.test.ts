import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createDb } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import { partsOf, type Readings } from '../../src/modules/admin/operations.model.ts';
import { slowStatements } from '../../src/modules/admin/operations.repository.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { openConsole, textOf } from '../admin/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { placedOrder } from './support.ts';

const NOW = new Date('2026-03-01T10:00:00Z');

const vitals = {
  sizeBytes: 1e8,
  connections: 5,
  maxConnections: 100,
  claimedConnections: 24,
  connectionLimit: 97,
  lockWaits: 0,
  oldestTransactionSeconds: 0,
  archiveFailing: null,
};

const near = { replica: 'a:5432', well: true, lag: { seconds: 0, bytes: 0, caughtUp: true } };
const away = { replica: 'b:5432', well: false, lag: null };

/** A shop that does well, and what is laid over it. */
function readings(change: Partial<Readings> = {}): Readings {
  return {
    now: NOW,
    version: '1.0.0',
    uptimeSeconds: 100,
    pool: { busy: 1, waiting: 0, max: 10 },
    vitals,
    replicas: [],
    circuits: { stripe: 0, smtp: 0 },
    instances: [{ role: 'all', version: '1.0.0', host: 'a', startedAt: NOW, seenAt: NOW }],
    queue: { due: 0, oldestSeconds: 0, dead: {} },
    outbox: { waiting: 0, oldestSeconds: 0, dead: 0 },
    broker: { waiting: 0, oldestSeconds: 0, dead: 0 },
    stripeEvents: { waiting: 0, oldestSeconds: 0, parked: 0 },
    openWork: {
      findings: {},
      violations: {},
      tasks: {},
      lastSuccess: new Date(NOW.getTime() - 6e4),
    },
    outgoing: {
      deliveriesPending: 0,
      deliveriesLate: 0,
      endpointsFailing: 0,
      endpointsDisabled: 0,
      mailsFailing: 0,
      relayHeld: false,
    },
    run: null,
    ...change,
  };
}

const stateOf = (given: Readings, name: string) =>
  partsOf(given).find((part) => part.name === name)?.state;

describe('the parts of the shop', () => {
  it('are all well where nothing waits', () => {
    expect(new Set(partsOf(readings()).map(({ state }) => state))).toEqual(new Set(['ok']));
  });

  it.each<[string, 'ok' | 'warn' | 'bad', Partial<Readings>]>([
    ['Database', 'bad', { vitals: null }],
    ['Database', 'warn', { pool: { busy: 10, waiting: 3, max: 10 } }],
    ['Database', 'bad', { pool: { busy: 10, waiting: 30, max: 10 } }],
    ['Database', 'warn', { vitals: { ...vitals, claimedConnections: 98 } }],
    ['Replicas', 'ok', { replicas: [near, near] }],
    ['Replicas', 'warn', { replicas: [near, away] }],
    ['Replicas', 'bad', { replicas: [away] }],
    ['Calls to stripe', 'bad', { circuits: { stripe: 2 } }],
    ['Calls to stripe', 'warn', { circuits: { stripe: 1 } }],
    ['Processes and worker', 'bad', { instances: [] }],
    ['Jobs', 'warn', { queue: { due: 3, oldestSeconds: 20, dead: {} } }],
    ['Jobs', 'bad', { queue: { due: 0, oldestSeconds: 0, dead: { send_order_mail: 1 } } }],
    ['Events', 'bad', { outbox: { waiting: 9, oldestSeconds: 61, dead: 0 } }],
    ['Events for the broker', 'bad', { broker: { waiting: 9, oldestSeconds: 61, dead: 0 } }],
    ['Events for the broker', 'bad', { broker: { waiting: 0, oldestSeconds: 0, dead: 1 } }],
    ['Calls to broker', 'bad', { circuits: { broker: 2 } }],
    ['Stripe’s events', 'bad', { stripeEvents: { waiting: 0, oldestSeconds: 0, parked: 1 } }],
    ['Webhook endpoints', 'warn', { outgoing: { ...readings().outgoing, endpointsFailing: 1 } }],
    ['Mails', 'bad', { outgoing: { ...readings().outgoing, mailsFailing: 2 } }],
    [
      'Comparison with Stripe',
      'warn',
      { openWork: { findings: {}, violations: {}, tasks: {}, lastSuccess: null } },
    ],
    [
      'Audit',
      'bad',
      {
        openWork: {
          findings: {},
          violations: { 'stock-equals-ledger': 2 },
          tasks: {},
          lastSuccess: NOW,
        },
      },
    ],
  ])('%s is %s when it should be', (name, state, change) => {
    expect(stateOf(readings(change), name)).toBe(state);
  });
});

describe('the operations page', () => {
  let shop: TestShop;
  let browser: Awaited<ReturnType<typeof openConsole>>;
  beforeAll(async () => {
    shop = await startShop();
    browser = await openConsole(shop);
  });
  afterAll(() => shop.stop());

  const page = async () => (await browser.open('/admin/operations')).text;

  it('says of each part how it does, and has its runbook', async () => {
    const text = textOf(await page());
    expect(text).toContain('0 waiting for one;');
    expect(text).toContain('1 process, 1 of them with jobs');
    // Those of each minute may be due just now.
    await until(async () => textOf(await page()).includes('0 jobs are due; none was given up on.'));
    const links = [...(await page()).matchAll(/href="(\/admin\/runbooks\/[^"#]+)/g)];
    for (const [, link] of links) expect((await browser.open(String(link))).status).toBe(200);
  });

  it('has what failed last, with the way to its story', async () => {
    const { checkout, number } = await placedOrder(shop);
    await shop.fault({ down: true });
    const { headers } = await checkout();
    await shop.fault({ clear: true });
    const correlationId = String(headers.get('x-correlation-id'));
    await until(async () => (await page()).includes(correlationId));
    const story = await browser.open(`/admin/story?q=${correlationId}`);
    expect(textOf(story.text)).toContain(`Story of order ${number}`);
  });

  it('has the audit run by its button, and then says what it found', async () => {
    const { variantId } = await placedOrder(shop);
    await sql`UPDATE stock_levels SET on_hand = 99 WHERE variant_id = ${variantId}`.execute(
      shop.db,
    );
    expect((await browser.submit('/admin/operations/audit', {})).status).toBe(303);
    await until(async () => /Broken: .*stock-equals-ledger \(1 row\)/.test(textOf(await page())));
  });

  it('says how to have statistics of statements where the server keeps none', async () => {
    const text = textOf(await page());
    expect(text).toContain('shared_preload_libraries');
  });

  it('does not show a runbook that there is none of, nor other files', async () => {
    for (const name of ['none.md', '..%2FREADME.md', 'README', 'one-order.md%00'])
      expect([400, 404]).toContain((await browser.open(`/admin/runbooks/${name}`)).status);
  });
});

it('statements that cost most are told without their values, where the server keeps statistics', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mainstay-statements-'));
  const server = await startEmbeddedPostgres({
    dataDir,
    role: 'tool',
    settings: { shared_preload_libraries: 'pg_stat_statements' },
  });
  const db = createDb(createPool(server.url, { max: 1, logger: createLogger('silent') }));
  onTestFinished(async () => {
    await db.destroy();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  expect(await slowStatements(db, 10)).toBeNull();
  const superuser = new URL(server.url);
  superuser.username = 'postgres';
  superuser.password = await readFile(join(dataDir, 'postgres/superuser-password'), 'utf8');
  const admin = createPool(superuser.toString(), { max: 1, logger: createLogger('silent') });
  await admin.query('CREATE EXTENSION pg_stat_statements');
  await admin.query(`SELECT 'of another account' AS theirs`);
  await admin.end();
  await sql`SELECT 'a secret of somebody' AS quoted`.execute(db);
  const statements = await slowStatements(db, 10);
  expect(statements?.map(({ query }) => query)).toContain('SELECT $1 AS quoted');
  expect(JSON.stringify(statements)).not.toMatch(/secret|theirs/);
  expect(statements?.[0]).toMatchObject({
    calls: expect.any(Number),
    meanMs: expect.any(Number),
    totalMs: expect.any(Number),
  });
});
