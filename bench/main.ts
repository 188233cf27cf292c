import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { admitBuyers, inTurn, type Signing } from './support/buyers.ts';
import { fill, findingsOf, stock } from './support/catalogue.ts';
import { type CpuClock, cpuClock, perPiece } from './support/cpu.ts';
import { flashSale, hammer, type Measured, placeOrders } from './support/load.ts';
import { median } from './support/median.ts';
import { createFloorTables, placeOneByOne } from './support/one-order-a-transaction.ts';
import { outboxIsEmpty } from './support/outbox.ts';
import { openBareServer, openShop, type ShopProcess } from './support/processes.ts';
import { createCopies, placeWholeOneByOne } from './support/whole-order-a-transaction.ts';

/**
 * Measures the shop by route (`--only orders`: what is named so) against floors of the same run, in turn and in rounds after one that warms up: reading
 * against a bare node:http server that answers the same bytes, placing orders against plain clients that place one a
 * transaction and as durably: the least that an order can be, and the rows that the shop's is. Ends with 1 where a ratio is less than it must be, where a
 * flash sale sells anything but what there is, or where the audit finds anything after it all.
 */
const { values: given } = parseArgs({
  options: {
    products: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const products = Number(given.products);
const rounds = Number(given.rounds);
const seconds = Number(given.seconds);

const CONNECTIONS = 200;
const CUSTOMERS = 10_000;
const SALE = { buyers: 10_000, units: 1000, connections: 200 };
const SIGNING: Signing = {
  secret: randomBytes(32).toString('hex'),
  publicUrl: 'http://localhost:5004',
};

/** What processes took of the processors for one of what was done, in microseconds. */
type Costs = Readonly<Record<string, number>>;

interface Measure {
  readonly name: string;
  readonly floor: () => Promise<number>;
  readonly shop: () => Promise<Measured>;
  /** Whose time counts, where that is told of. */
  readonly clock?: CpuClock;
  /** The share of its floor that must be kept. */
  readonly least: number;
}

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
  await fill(postgres.url, products);
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

  const measures = [
    ...(await readings(shop, folder)),
    ...(await orders(shop, postgres.url, customers)),
  ];
  const lines = await measure(measures.filter(({ name }) => name.startsWith(given.only)));
  const [forSale = ''] = await stock(shop, { title: 'For sale', variants: 1, units: SALE.units });
  const sale = await flashSale(
    { url: shop.url, tokenOf: inTurn(buyers) },
    { ...SALE, variantId: forSale },
  );
  const memory = await shop.memory();
  const findings = (await findingsOf(postgres.url)).filter((line) => !known.has(line));

  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`;
  say(`\n${machine}; ${products} products; load generator and database on the same machine`);
  for (const { name, rate, p99, floor, ratio, least } of lines)
    say(
      `${name.padEnd(22)} ${whole(rate)}/s  p99 ${whole(p99)} ms  floor ${whole(floor)}/s  ratio ${ratio.toFixed(2)}${least > 0 ? `, at least ${least}` : ''}`,
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
    const report = { machine, products, rounds, seconds, lines, sale, memory, findings };
    await writeFile(given.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return (
    findings.length === 0 &&
    sold === SALE.units &&
    lines.every(({ ratio, least }) => ratio >= least)
  );
}

/** What shoppers read most, each against a bare server that answers the same bytes. */
async function readings(shop: ShopProcess, folder: string): Promise<Measure[]> {
  const listing = '/api/products?limit=20';
  const { data } = JSON.parse(await (await fetch(`${shop.url}${listing}`)).text());
  const paths = {
    listing,
    product: `/api/products/${data[0].id}`,
    search: '/api/products/search?q=copper+kettle',
    'page of the shop': '/',
  };
  return Promise.all(
    Object.entries(paths).map(async ([name, path]): Promise<Measure> => {
      const url = `${shop.url}${path}`;
      const bare = await openBareServer(url, join(folder, name));
      closing.push(() => bare.stop());
      return {
        name,
        floor: async () => (await hammer(bare.url, { seconds })).rate,
        shop: () => hammer(url, { seconds }),
        least: 0,
      };
    }),
  );
}

async function orders(
  shop: ShopProcess,
  databaseUrl: string,
  customers: readonly string[],
): Promise<Measure[]> {
  const many = await stock(shop, { title: 'Plenty', variants: 200, units: 100_000 });
  const [one = ''] = await stock(shop, { title: 'In demand', variants: 1, units: 900_000 });
  const any = () => many[Math.floor(Math.random() * many.length)] ?? one;
  const load = { url: shop.url, tokenOf: inTurn(customers) };
  const clock = await cpuClock(shop.processId, databaseUrl);
  /** Orders a second until the last of their events was sent on. */
  const place = (variantOf: () => string) => async () => {
    const began = performance.now();
    const placed = await placeOrders(load, { seconds, connections: CONNECTIONS, variantOf });
    const placing = performance.now() - began;
    await outboxIsEmpty(databaseUrl);
    return { ...placed, rate: (placed.rate * placing) / (performance.now() - began) };
  };
  // What held on two cores that others kept busy; against the bare floor nothing did: docs/performance.md.
  const floors = [
    { of: 'orders', placeFloor: placeWholeOneByOne, least: [0.6, 2] },
    { of: 'orders, bare', placeFloor: placeOneByOne, least: [0, 0] },
  ] as const;
  return floors.flatMap(({ of, placeFloor, least }) => [
    {
      name: of,
      floor: () => placeFloor(databaseUrl, { seconds, hot: false }),
      shop: place(any),
      clock,
      least: least[0],
    },
    {
      name: `${of}, one SKU`,
      floor: () => placeFloor(databaseUrl, { seconds, hot: true }),
      shop: place(() => one),
      clock,
      least: least[1],
    },
  ]);
}

/** The medians of all rounds but the first. */
async function measure(measures: readonly Measure[]) {
  const taken = measures.map((one) => ({
    ...one,
    floors: [] as { rate: number; costs: Costs }[],
    found: [] as (Measured & { costs: Costs })[],
  }));
  for (let round = 0; round <= rounds; round += 1)
    for (const { name, floor, shop, clock = async () => ({}), floors, found } of taken) {
      say(`${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${name}`);
      const times = [await clock()];
      const rate = await floor();
      times.push(await clock());
      const measured = await shop();
      times.push(await clock());
      if (round === 0) continue;
      const [before = {}, between = {}, after = {}] = times;
      floors.push({ rate, costs: perPiece(before, between, rate * seconds) });
      found.push({ ...measured, costs: perPiece(between, after, measured.answers) });
    }
  return taken.map(({ name, least, floors, found }) => {
    const floor = median(floors.map((one) => one.rate));
    const rate = median(found.map((one) => one.rate));
    const p99 = median(found.map((one) => one.p99));
    const costs = { shop: medianCosts(found), floor: medianCosts(floors) };
    return { name, rate, p99, floor, ratio: rate / floor, least, costs };
  });
}

function medianCosts(all: readonly { costs: Costs }[]): Costs {
  const names = Object.keys(all[0]?.costs ?? {});
  return Object.fromEntries(
    names.map((name) => [name, Math.round(median(all.map(({ costs }) => costs[name] ?? 0)))]),
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
