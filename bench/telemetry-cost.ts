import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';

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
const shops = await Promise.all(names.map((name) => openShop(name)));
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
  for (const { child } of shops) child.kill('SIGTERM');
  await Promise.all(shops.map(({ ended }) => ended));
  await rm(folder, { recursive: true, force: true });
}
process.exit();

interface Shop {
  readonly name: Mode;
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly url: string;
  /** What a placed order sends. */
  readonly order: { readonly token: string; readonly body: string };
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

function ordering({ url, order }: Shop): Promise<number> {
  return rateOf({
    url: `${url}/api/orders`,
    method: 'POST',
    headers: { authorization: `Bearer ${order.token}`, 'content-type': 'application/json' },
    body: order.body,
  });
}

async function rateOf(options: autocannon.Options): Promise<number> {
  const result = await autocannon({ ...options, connections: CONNECTIONS, duration: SECONDS });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${options.url}: ${result.non2xx} refused, ${result.errors} failed`);
  return result.requests.total / result.duration;
}

/** A shop as a process of its own, with its own embedded database, a customer, and plenty of one product. */
async function openShop(name: Mode): Promise<Shop> {
  const log = openSync(join(folder, `${name}.log`), 'a');
  const port = 5100 + names.indexOf(name);
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: {
      PATH: process.env.PATH ?? '',
      DATA_DIR: join(folder, name),
      PORT: String(port),
      STRIPE_STANDIN_PORT: '0',
      RATE_LIMIT: 'off',
      RESERVATION_TTL_SECONDS: '86400',
      ADMIN_EMAIL: 'bench@example.test',
      ADMIN_PASSWORD: 'benchmark-password',
      ...modes[name],
    },
    stdio: ['ignore', log, log],
  });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await ready(url);
  const admin = await post(`${url}/api/auth/login`, {
    email: 'bench@example.test',
    password: 'benchmark-password',
  });
  const product = await post(
    `${url}/api/products`,
    {
      title: 'Plenty',
      status: 'active',
      variants: [{ sku: 'PLENTY', price: { amount: 1000, currency: 'USD' }, stock: 900_000 }],
    },
    admin.accessToken,
  );
  const body = JSON.stringify({ items: [{ variantId: product.variants[0].id, quantity: 1 }] });
  return { name, child, ended, url, order: { token: admin.accessToken, body } };
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const status = await fetch(`${url}/health/ready`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not become ready; its log is in ${folder}`);
}

async function post(url: string, body: unknown, token?: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return JSON.parse(await response.text());
}

/** A collector that takes everything and does nothing with it. */
async function startCollector(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
