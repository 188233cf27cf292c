import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { freePort } from '../src/dev/free-port.ts';
import { fill, stock } from './support/catalogue.ts';
import { inspect } from './support/inspected.ts';
import { hammer, placeOrders } from './support/load.ts';
import { median } from './support/median.ts';
import { openShop } from './support/processes.ts';
import { some } from './support/some.ts';

/**
 * Looks for leaks: visitors look at lists, products, searches and pages and somebody orders, for `--minutes`. Ends with
 * 1 where the heap, each time after everything was collected that could be, is more than a twentieth larger in the last
 * third of that time than in the second.
 */
const { values: given } = parseArgs({ options: { minutes: { type: 'string', default: '20' } } });
const minutes = Number(given.minutes);
const MOST_GROWTH = 1.05;
const ROUND_SECONDS = 30;
const WORDS = ['copper', 'kettle', 'oak', 'lamp', 'linen', 'bowl', 'chair', 'glass'];

const folder = await mkdtemp(join(tmpdir(), 'mainstay-soak-'));
const postgres = await startEmbeddedPostgres({ dataDir: folder, role: 'tool' });
await fill(postgres.url, 10_000);
const port = await freePort();
const shop = await openShop(
  {
    DATABASE_URL: postgres.url,
    DATA_DIR: join(folder, 'shop'),
    DEMO_CATALOGUE: 'off',
    // Orders expire meanwhile, as they do in a shop.
    RESERVATION_TTL_SECONDS: '60',
    ACCESS_TOKEN_TTL_SECONDS: '7200',
    NODE_OPTIONS: `--inspect=127.0.0.1:${port}`,
  },
  join(folder, 'shop.log'),
);
const inspected = await inspect(port);
const variants = await stock(shop, { title: 'Plenty', variants: 200, units: 100_000 });

const addresses = () => [
  `/api/products?limit=${1 + Math.floor(Math.random() * 100)}`,
  `/api/products?sort=price&minPrice=${Math.floor(Math.random() * 10_000)}`,
  `/api/products/search?q=${some(WORDS)}+${some(WORDS)}`,
  `/search?q=${some(WORDS)}`,
  '/products',
  '/',
];

/** Half a minute of all of it. */
async function load(): Promise<number> {
  const seconds = ROUND_SECONDS / addresses().length;
  const buying = placeOrders(
    { url: shop.url, tokenOf: () => shop.token },
    { seconds: ROUND_SECONDS, connections: 4, variantOf: () => some(variants) },
  );
  let answers = 0;
  for (const address of addresses())
    answers += (await hammer(`${shop.url}${address}`, { seconds, connections: 4 })).answers;
  return answers + (await buying).answers;
}

const heaps: number[] = [];
const end = performance.now() + minutes * 60_000;
while (performance.now() < end) {
  const answers = await load();
  heaps.push(await inspected.heapAfterCollection());
  const [heap, resident] = [(heaps.at(-1) ?? 0) / 1e6, await shop.memory()];
  process.stdout.write(
    `${((heaps.length * ROUND_SECONDS) / 60).toFixed(1)} min: ${answers} answers, heap ${heap.toFixed(1)} MB, resident ${resident} MB\n`,
  );
}
const third = Math.floor(heaps.length / 3);
const growth = median(heaps.slice(-third)) / median(heaps.slice(third, 2 * third));
process.stdout.write(`the heap of the last third is ${growth.toFixed(3)} of the second's\n`);
inspected.close();
await shop.stop();
await postgres.stop();
await rm(folder, { recursive: true, force: true });
process.exit(growth <= MOST_GROWTH ? 0 : 1);
