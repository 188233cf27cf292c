import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { freePort } from '../src/dev/free-port.ts';
import { admitBuyers, inTurn } from './support/buyers.ts';
import { fill, findingsOf, stock } from './support/catalogue.ts';
import { cpuClock, perPiece, timeOf } from './support/cpu.ts';
import { openEndpoints } from './support/endpoints.ts';
import { setUp } from './support/one-by-one.ts';
import { outboxIsEmpty } from './support/outbox.ts';
import { openShop } from './support/processes.ts';
import { some } from './support/some.ts';
import { costliest, countStatements, SEEING_STATEMENTS } from './support/statements.ts';

/**
 * What a whole purchase by API costs, everything on, until its last event was sent on: a list, a product, the cart, the
 * order, its checkout, the card, Stripe's webhooks, and the order seen paid. So many `--buyers` buy at once, each one
 * thing after the other. Stripe is the stand-in, as a process of its own. `--statements` counts what PostgreSQL is asked;
 * `--endpoints` says how many webhook endpoints are told of everything, and how long after the last purchase they know.
 */
const { values: given } = parseArgs({
  options: {
    purchases: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    buyers: { type: 'string', default: '16' },
    endpoints: { type: 'string', default: '0' },
    statements: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const purchases = Number(given.purchases);
const rounds = Number(given.rounds);
const CARD = { card: '4242424242424242' };
const ADDRESS = {
  name: 'Ada Byron',
  line1: '1 Mill Lane',
  postalCode: 'N1 1AA',
  city: 'London',
  country: 'GB',
};
const LOOK_EVERY_MS = 100;

const closing: (() => Promise<unknown>)[] = [];
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  for (const close of closing.toReversed()) await close();
}
process.exit();

/** Whether the audit finds nothing afterwards. */
async function run(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-purchases-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const settings = given.statements ? SEEING_STATEMENTS : {};
  const postgres = await startEmbeddedPostgres({ dataDir: folder, role: 'tool', settings });
  closing.push(() => postgres.stop());
  await fill(postgres.url, 1000);
  const signing = { secret: randomUUID(), publicUrl: 'http://localhost:5004' };
  const tokenOf = inTurn(await admitBuyers(postgres.url, 5000, signing));
  const known = new Set(await findingsOf(postgres.url));
  const port = await freePort();
  const stripe = await openStripe(folder, port);
  closing.push(() => stripe.stop());
  const shop = await openShop(
    {
      ...{ DATABASE_URL: postgres.url, DATA_DIR: join(folder, 'shop'), DEMO_CATALOGUE: 'off' },
      ...{ JWT_SECRET: signing.secret, PUBLIC_URL: signing.publicUrl, PORT: String(port) },
      ...{ STRIPE_API_BASE: stripe.url, STRIPE_SECRET_KEY: 'sk_test_bench' },
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${given.profile === undefined ? '' : `--cpu-prof --cpu-prof-dir=${given.profile}`}`,
    },
    join(folder, 'shop.log'),
  );
  closing.push(() => shop.stop());
  const statements = given.statements ? await countStatements(folder, postgres.url) : null;
  if (statements) closing.push(() => statements.end());
  const variants = await stock(shop, { title: 'Plenty', variants: 200, units: 1_000_000 });
  const endpoints = await openEndpoints(postgres.url, Number(given.endpoints));
  closing.push(() => endpoints.close());
  const processes = await cpuClock(shop.processId, postgres.url);
  const clock = async () => ({ ...(await processes()), Stripe: await timeOf(stripe.processId) });

  for (let round = 0; round <= rounds; round += 1) {
    // As autovacuum does within a minute of a shop's first orders: plans made for empty tables read all of them.
    if (round === 1) await setUp(postgres.url, 'ANALYZE');
    if (round === 1) await statements?.query('SELECT pg_stat_statements_reset()');
    const before = await clock();
    const began = performance.now();
    const took = await buyAll(shop.url, () => ({ token: tokenOf(), variantId: some(variants) }));
    const seconds = (performance.now() - began) / 1000;
    await outboxIsEmpty(postgres.url);
    await endpoints.haveAll();
    const behind = ((performance.now() - began) / 1000 - seconds).toFixed(1);
    const costs = Object.entries(perPiece(before, await clock(), purchases));
    const told = costs.map(([name, micros]) => `${name} ${micros.toFixed(0)}`).join(', ');
    const p99 = took.toSorted((a, b) => a - b)[Math.floor(purchases * 0.99)] ?? 0;
    say(
      `${round === 0 ? 'warm-up' : `round ${round}`}: ${(purchases / seconds).toFixed(0)} purchases a second, p99 ${p99.toFixed(0)} ms; µs of processor for one: ${told}; sent on ${behind} s later; load ${loadavg()[0]?.toFixed(1)}`,
    );
  }
  if (statements) {
    const { rows } = await statements.query(
      'SELECT sum(calls) AS calls FROM pg_stat_statements WHERE toplevel',
    );
    say(`${(Number(rows[0].calls) / purchases / rounds).toFixed(1)} statements for one`);
    for (const line of await costliest(statements, purchases * rounds)) say(line);
  }
  const findings = (await findingsOf(postgres.url)).filter((line) => !known.has(line));
  say(findings.length === 0 ? 'the audit finds nothing' : findings.join('\n'));
  return findings.length === 0;
}

/** The stand-in for Stripe, as a process that tells the shop of that port. */
async function openStripe(folder: string, shopPort: number) {
  const port = await freePort();
  const child = spawn(process.execPath, ['src/dev/stripe/main.ts'], {
    env: {
      PATH: process.env.PATH ?? '',
      STRIPE_STANDIN_PORT: String(port),
      STRIPE_STANDIN_WEBHOOK_URL: `http://127.0.0.1:${shopPort}/api/webhooks/stripe`,
      DATA_DIR: folder,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  // It says where it is once it listens.
  await Promise.race([once(child.stdout, 'data'), ended]);
  if (child.exitCode !== null) throw new Error('the stand-in for Stripe ended');
  return {
    url: `http://127.0.0.1:${port}`,
    processId: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** All purchases of a round, so many at once; the milliseconds that each took. */
async function buyAll(
  url: string,
  next: () => { token: string; variantId: string },
): Promise<number[]> {
  const took: number[] = [];
  let left = purchases;
  const buyer = async () => {
    while (left > 0) {
      left -= 1;
      const began = performance.now();
      await buy(url, next());
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: Number(given.buyers) }, buyer));
  return took;
}

/** One purchase, from looking around to seeing it paid. @throws Error when any of it is refused. */
async function buy(
  shop: string,
  { token, variantId }: { token: string; variantId: string },
): Promise<void> {
  const ask = async (method: string, address: string, body?: unknown) => {
    const response = await fetch(new URL(address, shop), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const { data } = await look(`${shop}/api/products?limit=20`);
  await look(`${shop}/api/products/${some<{ id: string }>(data).id}`);
  await ask('PUT', `/api/cart/items/${variantId}`, { quantity: 1 });
  const { id } = await ask('POST', '/api/orders', {
    items: [{ variantId, quantity: 1 }],
    shippingAddress: ADDRESS,
  });
  const { url: page } = await ask('POST', '/api/checkout', { orderId: id });
  const { origin, pathname } = new URL(page);
  const session = pathname.split('/').at(-1);
  await ask('POST', `${origin}/_test/checkout/sessions/${session}/pay`, CARD);
  while ((await ask('GET', `/api/orders/${id}`)).status !== 'paid') await setTimeout(LOOK_EVERY_MS);
}

/** What a visitor looks at who is not signed in. */
async function look(url: string) {
  return JSON.parse(await (await fetch(url)).text());
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
