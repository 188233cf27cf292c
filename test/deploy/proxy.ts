import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/dev/free-port.ts';
import { until } from '../support/until.ts';
import { makeCertificates } from './certificates.ts';
import { root } from './compose.ts';

export const NGINX = '/usr/sbin/nginx';
const NOBODY = 65_534;

/** What is lacking of a proxy here, or null. */
export const lack = existsSync(NGINX) ? null : `there is no ${NGINX}`;

export interface RunningProxy {
  readonly url: string;
  readonly tlsPort: number;
  /** Where its files are: nginx.conf, access.log, error.log, and with TLS tls.d/ca.pem. */
  readonly folder: string;
  /** Has requests go to these processes of the shop from now on. */
  use(shopUrls: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** The proxy of compose without a certificate. */
export function startProxy(...shopUrls: readonly string[]): Promise<RunningProxy> {
  return runNginx(shopUrls, { tls: false });
}

/**
 * The proxy of compose, its files as they are but for addresses and places, by the nginx of this machine.
 * @param change what else is written in a file, by its name
 */
export async function runNginx(
  shopUrls: readonly string[],
  { tls, change = (_name, text) => text }: { tls: boolean; change?: Change },
): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-nginx-'));
  await chmod(folder, 0o755);
  await cp(join(root, 'deploy/nginx'), folder, { recursive: true });
  if (tls) await rename(join(folder, 'tls.d/tls.conf.example'), join(folder, 'tls.d/tls.conf'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const moved = (text: string) =>
    text
      .replaceAll('/tmp/', `${folder}/tmp-`)
      .replaceAll('/etc/nginx/mime.types', '/MIME')
      .replaceAll('/etc/nginx', folder)
      .replaceAll('/MIME', '/etc/nginx/mime.types')
      .replace('/dev/stdout', join(folder, 'access.log'))
      .replace('error_log stderr', `error_log ${join(folder, 'error.log')}`)
      .replace('listen 8080', `listen 127.0.0.1:${port}`)
      .replace('listen 8443', `listen 127.0.0.1:${tlsPort}`);
  const names = [
    'nginx.conf',
    'shop.conf',
    'trusted-proxies.conf',
    'rollout.conf',
    'release.d/release.conf',
  ];
  for (const name of [...names, ...(tls ? ['tls.d/tls.conf'] : [])]) {
    const path = join(folder, name);
    await writeFile(path, change(name, moved(await readFile(path, 'utf8'))));
  }
  const writeUpstream = (urls: readonly string[]) =>
    writeFile(
      join(folder, 'upstream.conf'),
      urls.map((shopUrl) => `server ${new URL(shopUrl).host};\n`).join(''),
    );
  await writeUpstream(shopUrls);
  if (tls) makeCertificates(join(folder, 'tls.d'));
  // Not as root, as in its image.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder]);
  const proxy: ChildProcess = spawn(
    NGINX,
    ['-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    },
  );
  const closed = once(proxy, 'close');
  const answers = () =>
    fetch(`${url}/health/live`).then(
      () => true,
      () => false,
    );
  await until(answers, { what: 'the proxy' });
  return {
    ...{ url, tlsPort, folder },
    async use(urls) {
      await writeUpstream(urls);
      proxy.kill('SIGHUP');
    },
    async stop() {
      proxy.kill('SIGQUIT');
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Change = (name: string, text: string) => string;
