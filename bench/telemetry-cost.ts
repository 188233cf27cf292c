import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { median } from './support/median.ts';
import { openShop, post, type ShopProcess } from './support/processes.ts';

/**
 * What telemetry costs: the same shop without it, as it comes, and with every trace, measured in turn in rounds on one
 * machine. Prints requests per second, their ratio to the shop without, and fails when what comes by default costs
 * more than it may.
 */
const ROUNDS = Number(process.argv[2] ?? 5);
const SECONDS = 5;
const CONNECTIONS = 20;
const LEAST_BY_DEFAULT = 0.9;

const modes = {
  off: { LOG_LEVEL: 'silent' },
  default: { OTEL_EXPORTER_OTLP_ENDPOINT: await startCollector() },
  full: { OTEL_EXPORTER_OTLP_ENDPOINT: await startCollector(), OTEL_TRACES_SAMPLER_ARG: '1' },
};
type Mode = keyof typeof modes;
const names = Object.keys(modes) as Mode[];

const folder = await mkdtemp(join(tmpdir(), 'mainstay-bench-'));
const shops = await Promise.all(names.map(openOne));
try {
  const rates = await measure();
  let poor = false;
  for (const [work, byMode] of Object.entries(rates)) {
    const base = median(byMode.off);
    for (const name of names) {
      const rate = median(byMode[name]);
      const ratio = rate / base;
      process.stdout.write(
        `${work} ${name.padEnd(7)} ${rate.toFixed(0).padStart(6)}/s  ${ratio.toFixed(2)}\n`,
      );
      if (name === 'default' && ratio < LEAST_BY_DEFAULT) poor = true;
    }
  }
  process.exitCode = poor ? 1 : 0;
} finally {
  await Promise.all(shops.map((shop) => shop.stop()));
  await rm(folder, { recursive: true, force: true });
}
process.exit();

interface Shop extends ShopProcess {
  readonly name: Mode;
  /** What a placed order sends. */
  readonly body: string;
}

/** Each round asks the modes one after the other, and each round begins with another one. */
async function measure(): Promise<Record<'listing' | 'ordering', Record<Mode, number[]>>> {
  const none = () => ({ off: [], default: [], full: [] }) as Record<Mode, number[]>;
  const rates = { listing: none(), ordering: none() };
  for (const shop of shops) await listing(shop);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < shops.length; turn += 1) {
      const shop = shops[(round + turn) % shops.length] as Shop;
      rates.listing[shop.name].push(await listing(shop));
      rates.ordering[shop.name].push(await ordering(shop));
    }
  }
  return rates;
}

function listing({ url }: Shop): Promise<number> {
  return rateOf({ url: `${url}/api/products?limit=20` });
}

function ordering({ url, token, body }: Shop): Promise<number> {
  return rateOf({
    url: `${url}/api/orders`,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
}

async function rateOf(options: autocannon.Options): Promise<number> {
  const result = await autocannon({ ...options, connections: CONNECTIONS, duration: SECONDS });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${options.url}: ${result.non2xx} refused, ${result.errors} failed`);
  return result.requests.total / result.duration;
}

/** A shop with its own embedded database, and plenty of one product. */
async function openOne(name: Mode): Promise<Shop> {
  const env = { DATA_DIR: join(folder, name), ...modes[name] };
  const shop = await openShop(env, join(folder, `${name}.log`));
  const product = await post(
    `${shop.url}/api/products`,
    {
      title: 'Plenty',
      status: 'active',
      variants: [{ sku: 'PLENTY', price: { amount: 1000, currency: 'USD' }, stock: 900_000 }],
    },
    shop.token,
  );
  const body = JSON.stringify({ items: [{ variantId: product.variants[0].id, quantity: 1 }] });
  return { ...shop, name, body };
}

/** A collector that takes everything and does nothing with it. */
async function startCollector(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
