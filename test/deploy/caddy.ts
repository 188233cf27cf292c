import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/dev/free-port.ts';
import { isListening } from '../support/listening.ts';
import { until } from '../support/until.ts';
import { makeCertificates } from './certificates.ts';
import { root } from './compose.ts';
import type { Change } from './proxy.ts';

/** The Caddyfile of deploy/, as it is but for ports, places and a certificate of the tests, by the Caddy of this machine. */
export async function runCaddy(
  shopUrl: string,
  { change = (_name, text) => text, tls = true }: { change?: Change; tls?: boolean } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-caddy-'));
  await cp(join(root, 'deploy/caddy'), folder, { recursive: true });
  makeCertificates(folder);
  const [port, tlsPort, adminPort] = [await freePort(), await freePort(), await freePort()];
  const moved = (text: string) =>
    text
      .replace(
        'admin localhost:2019',
        `admin localhost:${adminPort}\n\thttp_port ${port}\n\thttps_port ${tlsPort}\n\tskip_install_trust`,
      )
      .replace('\timport shop\n', tls ? '\timport shop\n\ttls fullchain.pem privkey.pem\n' : '$&')
      .replace('127.0.0.1:5004', new URL(shopUrl).host);
  for (const name of ['Caddyfile', 'release.d/release.caddy']) {
    const path = join(folder, name);
    await writeFile(path, change(name, moved(await readFile(path, 'utf8'))));
  }
  const env = {
    ...{ PATH: process.env.PATH ?? '', XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    SHOP_HOST: tls ? 'localhost' : 'http://localhost',
  };
  const caddy = spawn('caddy', ['run', '--config', 'Caddyfile'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let ended = false;
  for (const stream of [caddy.stdout, caddy.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk;
    });
  const closed = once(caddy, 'close').then(() => {
    ended = true;
  });
  const url = `http://localhost:${port}`;
  // It opens one after the other.
  const ports = tls ? [port, tlsPort] : [port];
  const listens = async () => (await Promise.all(ports.map(isListening))).every(Boolean);
  await until(async () => ended || (await listens()), { what: 'Caddy' });
  if (ended) throw new Error(`Caddy ended: ${said}`);
  return {
    ...{ url, tlsPort, adminPort, folder, env },
    async stop() {
      caddy.kill('SIGTERM');
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
