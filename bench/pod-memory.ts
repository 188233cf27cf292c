import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { workloadsOf } from '../deploy/kubernetes/check/objects.ts';
import { render } from '../deploy/kubernetes/check/render.ts';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { freePort } from '../src/dev/free-port.ts';
import { fill, stock } from './support/catalogue.ts';
import { hammer, placeOrders } from './support/load.ts';
import { ADMIN, openShop } from './support/processes.ts';
import { some } from './support/some.ts';

/**
 * What the pods of production take of their memory: a web and a worker with the options of Node.js that the manifests
 * give them, each in a control group with their limit, idle and at work. Needs Linux, root and kubectl.
 */
const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    limit: { type: 'string' },
    options: { type: 'string' },
  },
});
const seconds = Number(given.seconds);
const GROUPS = '/sys/fs/cgroup/memory';

const pods = workloadsOf(await render('production'));
const folder = await mkdtemp(join(tmpdir(), 'mainstay-pods-'));
const postgres = await startEmbeddedPostgres({ dataDir: folder, role: 'tool' });
await fill(postgres.url, 10_000);
const web = await openPod('web');
const worker = await openPod('worker');
const variants = await stock(web.shop, { title: 'Plenty', variants: 200, units: 1_000_000 });

await say('idle');
await say('visitors, pages, searches', async () => {
  for (const path of ['/', '/products', '/search?q=oak', '/api/products?limit=100'])
    await hammer(`${web.shop.url}${path}`, { seconds: seconds / 4, connections: 64 });
});
await say('orders over 200 connections', () =>
  placeOrders(
    { url: web.shop.url, tokenOf: () => web.shop.token },
    { seconds, connections: 200, variantOf: () => some(variants) },
  ),
);
await say('sign-ins, 32 at once', () =>
  autocannon({
    url: `${web.shop.url}/api/auth/login`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
    connections: 32,
    duration: seconds,
  }),
);
await say('two imports of 50 MB at once, beside visitors', () =>
  Promise.all([
    importProducts(1),
    importProducts(2),
    hammer(`${web.shop.url}/products`, { seconds, connections: 16 }),
  ]),
);
await web.shop.stop();
await worker.shop.stop();
await postgres.stop();
await Promise.all([web, worker].map(({ group }) => rmdir(group)));
await rm(folder, { recursive: true, force: true });

/** A shop as the container of a pod, but for addresses. */
async function openPod(component: 'web' | 'worker') {
  const pod = pods.find(({ name }) => name === `mainstay-${component}`)?.pod.containers[0];
  const limit = given.limit ?? String(pod?.resources?.limits?.memory);
  const group = join(GROUPS, `mainstay-${component}-${process.pid}`);
  await mkdir(group);
  await writeFile(join(group, 'memory.limit_in_bytes'), limit.replace('Mi', 'M'));
  const options = given.options ?? pod?.env?.find(({ name }) => name === 'NODE_OPTIONS')?.value;
  const shop = await openShop(
    {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PUBLIC_URL: 'https://shop.example',
      DATABASE_URL: postgres.url,
      JWT_SECRET: 'x'.repeat(64),
      SEALING_KEY: 'y'.repeat(64),
      STRIPE_SECRET_KEY: 'sk_test_pods',
      STRIPE_WEBHOOK_SECRET: 'whsec_pods',
      STRIPE_API_BASE: `http://127.0.0.1:${await freePort()}`,
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
      LOAD_SHEDDING: 'off',
      NODE_OPTIONS: options ?? '',
    },
    join(folder, `${component}.log`),
    { role: component, group },
  );
  return { component, group, shop, limit };
}

/** Prints what both hold and at most held while something was done. */
async function say(what: string, work?: () => Promise<unknown>): Promise<void> {
  for (const { group } of [web, worker])
    await writeFile(join(group, 'memory.max_usage_in_bytes'), '0');
  await work?.();
  const parts = await Promise.all(
    [web, worker].map(async ({ component, group, shop, limit }) => {
      const most = Number(await readFile(join(group, 'memory.max_usage_in_bytes'), 'utf8'));
      return `${component} ${await shop.memory()} MB resident, group at most ${Math.round(most / 2 ** 20)} of ${limit}`;
    }),
  );
  process.stdout.write(`${what}: ${parts.join('; ')}\n`);
}

/** A file of about 50 MB in Shopify's format. */
async function importProducts(run: number): Promise<void> {
  const text = 'A kettle that lasts. '.repeat(2250);
  const rows = Array.from(
    { length: 1_000 },
    (_, i) => `kettle-${run}-${i},Kettle ${run} ${i},${text},true,K-${run}-${i},10.00,5`,
  );
  const head = 'Handle,Title,Body (HTML),Published,Variant SKU,Variant Price,Variant Inventory Qty';
  const form = new FormData();
  form.set('file', new Blob([[head, ...rows].join('\n')]), 'products.csv');
  const outcome = await fetch(`${web.shop.url}/api/products/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${web.shop.token}` },
    body: form,
    // What it takes shows at once; writing all of the products takes minutes.
    signal: AbortSignal.timeout(2000 * seconds),
  }).then(
    ({ status }) => `answered ${status}`,
    () => 'goes on',
  );
  process.stdout.write(`  import ${run} ${outcome}\n`);
}
