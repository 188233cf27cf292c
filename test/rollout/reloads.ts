import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proxyOf } from '../../deploy/rollout/proxies/proxy.ts';
import { until } from '../support/until.ts';

// Shifts traffic by Caddy's reloads while requests come, each on a connection of its own, and prints how many there
// were and what failed. It has a network of its own, so ports are those of the files in deploy/caddy.
const ASKERS = 16;
const PORT = 8080;
const folder = await mkdtemp(join(tmpdir(), 'mainstay-reloads-'));
await cp(join(import.meta.dirname, '../../deploy/caddy'), folder, { recursive: true });
Object.assign(process.env, {
  ...{ XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, SHOP_HOST: `http://localhost:${PORT}` },
});
const places = await Promise.all([5004, 5005].map(openPlace));
const files = ['--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
const caddy = spawn('caddy', ['run', ...files], { stdio: 'ignore' });
const proxy = proxyOf(
  {
    kind: 'caddy',
    file: join(folder, 'release.d/release.caddy'),
    check: ['caddy', 'validate', ...files],
    reload: ['caddy', 'reload', ...files],
    status: `http://localhost:${PORT}/.rollout`,
  },
  {
    blue: { url: 'http://127.0.0.1:5004', upstream: '127.0.0.1:5004' },
    green: { url: 'http://127.0.0.1:5005', upstream: '127.0.0.1:5005' },
  },
);
await until(
  () =>
    ask().then(
      () => true,
      () => false,
    ),
  { what: 'Caddy' },
);

let asked = 0;
let over = false;
const failures: string[] = [];
const askers = Array.from({ length: ASKERS }, async () => {
  while (!over) {
    asked += 1;
    await ask().catch((error: Error) => failures.push(error.message));
  }
});
const shares = Array.from({ length: Number(process.argv[2]) }, () => [5, 50, 100]).flat();
for (const [at, share] of shares.entries())
  await proxy.send({ name: `${at}`, to: 'green', share, spare: true });
over = true;
await Promise.all(askers);
caddy.kill('SIGTERM');
await once(caddy, 'close');
for (const place of places) place.close();
await rm(folder, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ reloads: shares.length, asked, failures }));

async function openPlace(port: number) {
  const server = createServer((asking, answer) => {
    // Whether it is ready takes a busy shop its time, so somebody who asks that is always waiting.
    const after = asking.url === '/health/ready' ? 900 : 0;
    asking.resume().on('end', () => setTimeout(() => answer.end('ok'), after));
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}

/** An order, as far as proxies can tell. @throws Error where it is not answered 200 */
function ask(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sent = request(
    `http://localhost:${PORT}/api/orders`,
    { method: 'POST', agent: new Agent({ keepAlive: false }) },
    (response) => {
      response.resume().on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`answered ${response.statusCode}`));
      });
    },
  );
  sent.on('error', reject);
  sent.end('{}');
  return promise;
}
