import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { fill, findingsOf, stock } from './support/catalogue.ts';
import { flashSale, hammer, type Measured, placeOrders } from './support/load.ts';
import { median } from './support/median.ts';
import { createFloorTables, placeOneByOne } from './support/one-order-a-transaction.ts';
import { openBareServer, openShop, type ShopProcess } from './support/processes.ts';

/**
 * Measures the shop by route against floors of the same run, in turn and in rounds after one that warms up: reading
 * against a bare node:http server that answers the same bytes, placing orders against a plain client that places the
 * least an order can be, one a transaction and as durably. Ends with 1 where a ratio is less than it must be, where a
 * flash sale sells anything but what there is, or where the audit finds anything after it all.
 */
const { values: given } = parseArgs({
  options: {
    products: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    json: { type: 'string' },
  },
});
const products = Number(given.products);
const rounds = Number(given.rounds);
const seconds = Number(given.seconds);

const CONNECTIONS = 64;
const SALE = { buyers: 10_000, units: 1000, connections: 200 };

interface Measure {
  readonly name: string;
  readonly floor: () => Promise<number>;
  readonly shop: () => Promise<Measured>;
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
  const known = new Set(await findingsOf(postgres.url));
  const env = { DATABASE_URL: postgres.url, DATA_DIR: join(folder, 'shop'), DEMO_CATALOGUE: 'off' };
  const shop = await openShop(env, join(folder, 'shop.log'));
  closing.push(() => shop.stop());

  const measures = [...(await readings(shop, folder)), ...(await orders(shop, postgres.url))];
  const lines = await measure(measures);
  const [forSale = ''] = await stock(shop, { title: 'For sale', variants: 1, units: SALE.units });
  const sale = await flashSale(shop, { ...SALE, variantId: forSale });
  const memory = await shop.memory();
  const findings = (await findingsOf(postgres.url)).filter((line) => !known.has(line));

  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`;
  say(`\n${machine}; ${products} products; load generator and database on the same machine`);
  for (const { name, rate, p99, floor, ratio, least } of lines)
    say(
      `${name.padEnd(22)} ${whole(rate)}/s  p99 ${whole(p99)} ms  floor ${whole(floor)}/s  ratio ${ratio.toFixed(2)}${least > 0 ? `, at least ${least}` : ''}`,
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

async function orders(shop: ShopProcess, databaseUrl: string): Promise<Measure[]> {
  const many = await stock(shop, { title: 'Plenty', variants: 200, units: 100_000 });
  const [one = ''] = await stock(shop, { title: 'In demand', variants: 1, units: 900_000 });
  const any = () => many[Math.floor(Math.random() * many.length)] ?? one;
  const place = (variantOf: () => string) => () =>
    placeOrders(shop, { seconds, connections: CONNECTIONS, variantOf });
  return [
    {
      name: 'orders',
      floor: () => placeOneByOne(databaseUrl, { seconds, hot: false }),
      shop: place(any),
      least: 0,
    },
    {
      name: 'orders of one SKU',
      floor: () => placeOneByOne(databaseUrl, { seconds, hot: true }),
      shop: place(() => one),
      least: 0,
    },
  ];
}

/** The medians of all rounds but the first. */
async function measure(measures: readonly Measure[]) {
  const taken = measures.map((one) => ({
    ...one,
    floors: [] as number[],
    found: [] as Measured[],
  }));
  for (let round = 0; round <= rounds; round += 1)
    for (const { name, floor, shop, floors, found } of taken) {
      say(`${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${name}`);
      const [floorRate, measured] = [await floor(), await shop()];
      if (round === 0) continue;
      floors.push(floorRate);
      found.push(measured);
    }
  return taken.map(({ name, least, floors, found }) => {
    const floor = median(floors);
    const rate = median(found.map((one) => one.rate));
    const p99 = median(found.map((one) => one.p99));
    return { name, rate, p99, floor, ratio: rate / floor, least };
  });
}

function whole(value: number): string {
  return value.toFixed(0).padStart(6);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
