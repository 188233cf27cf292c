import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { admitBuyers, inTurn, type Signing } from './support/buyers.ts';
import { fill, findingsOf, stock } from './support/catalogue.ts';
import { flashSale } from './support/load.ts';
import { type Costs, measureInTurn } from './support/measure.ts';
import { setUp } from './support/one-by-one.ts';
import { createFloorTables } from './support/one-order-a-transaction.ts';
import { orders } from './support/ordering.ts';
import { plot } from './support/plot.ts';
import { openShop } from './support/processes.ts';
import { readings } from './support/readings.ts';
import { createCopies } from './support/whole-order-a-transaction.ts';

/**
 * Measures a shop with so many `--products` and so many past `--orders` by route (`--only orders`: what is named so)
 * against floors of the same run, in turn and in rounds after one that warms up: reading against a bare node:http
 * server that answers the same bytes, placing orders against plain clients that place one a transaction and as durably:
 * the least that an order can be, and the rows that the shop's is. Ends with 1 where a ratio is less than it must be (`--slack 0.6`: than so much of that), where a flash sale
 * sells anything but what there is, or where the audit finds anything after it all. `--gate` measures shortly and with
 * slack what must keep a ratio. `--json FILE` and `--plot FILE` write what was found.
 */
const { values: given } = parseArgs({
  options: {
    products: { type: 'string', default: '1000' },
    orders: { type: 'string', default: '0' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    slack: { type: 'string' },
    only: { type: 'string', default: '' },
    gate: { type: 'boolean', default: false },
    json: { type: 'string' },
    plot: { type: 'string' },
  },
});
/**
 * A gate runs beside what else a machine of CI does: it finds what became twice as slow, and not what lost a tenth or
 * stood still once.
 */
const usual = given.gate
  ? { rounds: 3, seconds: 2, slack: 0.6 }
  : { rounds: 5, seconds: 4, slack: 1 };
const products = Number(given.products);
const ordersBefore = Number(given.orders);
const rounds = Number(given.rounds ?? usual.rounds);
const seconds = Number(given.seconds ?? usual.seconds);
const slack = Number(given.slack ?? usual.slack);

const CUSTOMERS = 10_000;
const SALE = { buyers: 10_000, units: 1000, connections: 200 };
const SIGNING: Signing = {
  secret: randomBytes(32).toString('hex'),
  publicUrl: 'http://localhost:5004',
};

const closing: (() => Promise<unknown>)[] = [];
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  for (const close of closing.toReversed()) await close();
}
process.exit();

/** Whether everything is as it must be. */
async function run(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-bench-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir: folder, role: 'tool' });
  closing.push(() => postgres.stop());
  await fill(postgres.url, products, ordersBefore);
  await createFloorTables(postgres.url);
  await createCopies(postgres.url);
  // Who comes to the sale was not seen before.
  const people = await admitBuyers(postgres.url, SALE.buyers + CUSTOMERS, SIGNING);
  const [buyers, customers] = [people.slice(0, SALE.buyers), people.slice(SALE.buyers)];
  const known = new Set(await findingsOf(postgres.url));
  const env = {
    ...{ DATABASE_URL: postgres.url, DATA_DIR: join(folder, 'shop'), DEMO_CATALOGUE: 'off' },
    ...{ JWT_SECRET: SIGNING.secret, PUBLIC_URL: SIGNING.publicUrl },
  };
  const shop = await openShop(env, join(folder, 'shop.log'));
  closing.push(() => shop.stop());

  // What orders are of is there before the bare servers learn what lists look like.
  const ordering = await orders(shop, postgres.url, { seconds, customers });
  const measures = [...(await readings(shop, { seconds, folder, closing })), ...ordering].filter(
    ({ name, least }) => name.startsWith(given.only) && (least > 0 || !given.gate),
  );
  const lines = await measureInTurn(measures, {
    ...{ rounds, seconds, say },
    // As autovacuum does within a minute of a shop's first orders: plans made for empty tables read all of them.
    warmedUp: () => setUp(postgres.url, 'ANALYZE'),
  });
  const [forSale = ''] = await stock(shop, { title: 'For sale', variants: 1, units: SALE.units });
  const sale = await flashSale(
    { url: shop.url, tokenOf: inTurn(buyers) },
    { ...SALE, variantId: forSale },
  );
  const memory = await shop.memory();
  const findings = (await findingsOf(postgres.url)).filter((line) => !known.has(line));

  const filled = `${products} products, ${ordersBefore} orders before`;
  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`;
  say(`\n${machine}; ${filled}; load generator and database on the same machine`);
  for (const { name, rate, p99, floor, ratio, least } of lines)
    say(
      `${name.padEnd(22)} ${whole(rate)}/s  p99 ${whole(p99)} ms  floor ${whole(floor)}/s  ratio ${ratio.toFixed(2)}${least > 0 ? `, at least ${(least * slack).toFixed(2)}` : ''}`,
    );
  for (const { name, costs } of lines.filter(({ costs }) => Object.keys(costs.shop).length > 0))
    say(
      `${name}: µs of processor for one: ${tell(costs.shop)}; of its floor: ${tell(costs.floor)}`,
    );
  const sold = sale.statuses[201] ?? 0;
  say(
    `flash sale: ${sold} of ${SALE.units} units sold to ${SALE.buyers} buyers, ${whole(sale.rate)}/s  p99 ${whole(sale.p99)} ms, answers ${JSON.stringify(sale.statuses)}`,
  );
  say(`memory of the shop after all this: ${memory} MB`);
  say(findings.length === 0 ? 'the audit finds nothing' : findings.join('\n'));
  if (given.json !== undefined) {
    const report = { machine, filled, rounds, seconds, lines, sale, memory, findings };
    await writeFile(given.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (given.plot !== undefined) await writeFile(given.plot, plot(lines, `${machine}; ${filled}`));
  return (
    findings.length === 0 &&
    sold === SALE.units &&
    lines.every(({ ratio, least }) => ratio >= least * slack)
  );
}

/** `shop 150, PostgreSQL 90, client 60`. */
function tell(costs: Costs): string {
  return Object.entries(costs)
    .map(([name, micros]) => `${name} ${micros}`)
    .join(', ');
}

function whole(value: number): string {
  return value.toFixed(0).padStart(6);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
