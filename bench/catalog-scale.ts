import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { createPool } from '../src/database/pool.ts';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { dice, type Read, type Reading, readingsOf } from './support/catalog-requests.ts';
import { fill } from './support/catalogue.ts';
import { median } from './support/median.ts';
import { openShop, type ShopProcess } from './support/processes.ts';

/**
 * Measures listing and searching by size of the catalogue, by the routes of a shop for each, on a warm PostgreSQL and
 * past the cache of answers, as whoever is signed in is answered: sizes in turn and in rounds after one that warms up,
 * each the same mix of readings, so many `--at-once`. Prints the medians of the rounds' p50 and p99, and how the p99 of
 * the last size is to that of the first. On the server of a `--server` the catalogues are left, so that the next run
 * need not load them.
 */
const { values: given } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,100000,1000000' },
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '600' },
    'at-once': { type: 'string', default: '8' },
    server: { type: 'string' },
  },
});
const atOnce = Number(given['at-once']);
const sizes = given.sizes.split(',').map(Number);
const rounds = Number(given.rounds);
const requests = Number(given.requests);

interface Shop {
  readonly size: number;
  readonly read: Read;
  readonly readings: readonly Reading[];
  /** Of each round, what each request took. */
  readonly taken: Taken[][];
}

interface Taken {
  readonly reading: Reading;
  readonly milliseconds: number;
}

const folder = await mkdtemp(join(tmpdir(), 'mainstay-scale-'));
const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
try {
  const server = given.server ?? (await ownServer());
  const shops: Shop[] = [];
  for (const size of sizes) shops.push(await openCatalogue(server, size));
  for (let round = 0; round <= rounds; round += 1)
    for (const shop of round % 2 === 0 ? shops : shops.toReversed()) {
      const taken = await measure(shop);
      if (round > 0) shop.taken.push(taken);
    }
  report(shops);
} finally {
  for (const close of closing.toReversed()) await close();
}

/** A server of its own, with more memory for pages than the embedded one has: as much as a small server would give. */
async function ownServer(): Promise<string> {
  const settings = { shared_buffers: '2GB', max_wal_size: '4GB' };
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    role: 'tool',
    settings,
  });
  closing.push(() => postgres.stop());
  return postgres.url;
}

/** A shop on the catalogue of a size: a database that is there already is not filled again, and is left. */
async function openCatalogue(server: string, size: number): Promise<Shop> {
  const name = `catalog_${size}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const admin = createPool(server, { max: 1, logger: createLogger('silent') });
  closing.push(() => admin.end());
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount === 0) {
    await admin.query(`CREATE DATABASE ${name}`);
    const start = performance.now();
    await fill(url.toString(), size);
    say(`${size} products loaded in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  const pool = createPool(url.toString(), { max: 1, logger: createLogger('silent') });
  const readings = await readingsOf(pool, dice(size));
  await pool.end();
  const shop = await openShop(
    {
      ...{ DATABASE_URL: url.toString(), DATA_DIR: join(folder, name), DEMO_CATALOGUE: 'off' },
      // The larger catalogues are filled meanwhile.
      ACCESS_TOKEN_TTL_SECONDS: '7200',
    },
    join(folder, `${name}.log`),
  );
  closing.push(() => shop.stop());
  return { size, read: readerOf(shop), readings, taken: [] };
}

/** Reads as somebody who is signed in: they are answered from the database. */
function readerOf({ url, token }: ShopProcess): Read {
  const agent = new Agent({ keepAlive: true });
  closing.push(async () => agent.destroy());
  const options = { agent, headers: { authorization: `Bearer ${token}` } };
  return (address) =>
    new Promise((resolve, reject) => {
      get(`${url}/api/products${address}`, options, (response) => {
        text(response).then((body) => {
          if (response.statusCode === 200) resolve(body);
          else reject(new Error(`${address}: ${response.statusCode} ${body}`));
        }, reject);
      }).on('error', reject);
    });
}

/** One round: each reading in turn, so many at once; of one that has to ask twice the second counts. */
async function measure({ read, readings }: Shop): Promise<Taken[]> {
  const taken: Taken[] = [];
  const turns = Array.from({ length: requests }, (_, turn) => readings[turn % readings.length]);
  const work = async () => {
    for (let reading = turns.pop(); reading !== undefined; reading = turns.pop()) {
      let milliseconds = 0;
      await reading.ask(async (address) => {
        const start = performance.now();
        const answer = await read(address);
        milliseconds = performance.now() - start;
        return answer;
      });
      taken.push({ reading, milliseconds });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return taken;
}

function report(shops: readonly Shop[]): void {
  say(
    `\n${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}; medians of ${rounds} rounds of ${requests} requests, ${atOnce} at once`,
  );
  say(`${'milliseconds'.padEnd(48)}${shops.map(({ size }) => `${size}`.padStart(20)).join('')}`);
  const [first] = shops;
  for (const kind of ['listing', 'search'] as const)
    say(line(shops, kind, (one) => one.kind === kind));
  say(line(shops, 'both', () => true));
  for (const { name } of first?.readings ?? [])
    say(line(shops, `  ${name}`, (one) => one.name === name));
}

/** p50 and p99 of some readings by size, and how the last size's p99 is to the first's. */
function line(shops: readonly Shop[], name: string, which: (reading: Reading) => boolean): string {
  const quantiles = shops.map(({ taken }) => {
    const rounds = taken.map((round) =>
      round
        .filter(({ reading }) => which(reading))
        .map(({ milliseconds }) => milliseconds)
        .toSorted((a, b) => a - b),
    );
    const at = (share: number) =>
      median(rounds.map((sorted) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0));
    return { p50: at(0.5), p99: at(0.99) };
  });
  const figures = quantiles.map(({ p50, p99 }) =>
    `${p50.toFixed(1)} / ${p99.toFixed(1)}`.padStart(20),
  );
  const ratio = (quantiles.at(-1)?.p99 ?? 0) / (quantiles[0]?.p99 ?? 0);
  return `${name.padEnd(48)}${figures.join('')}  ${ratio.toFixed(2)}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
