import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWhere } from '../support/describe-where.ts';
import { freePort, startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { root } from './compose.ts';

const NGINX = '/usr/sbin/nginx';
const NOBODY = 65_534;

const lack = existsSync(NGINX) ? null : `there is no ${NGINX}`;

// The proxy of compose, its files as they are but for addresses and places, by the nginx of this machine.
describeWhere(lack, 'the proxy', () => {
  let shop: TestShop;
  let folder: string;
  let proxy: ChildProcess | undefined;
  let closed: Promise<unknown> | undefined;
  let plain: string;
  let tlsPort: number;

  beforeAll(async () => {
    shop = await startShop();
    folder = await mkdtemp(join(tmpdir(), 'mainstay-nginx-'));
    await chmod(folder, 0o755);
    await cp(join(root, 'deploy/nginx'), folder, { recursive: true });
    await rename(join(folder, 'tls.d/tls.conf.example'), join(folder, 'tls.d/tls.conf'));
    const [port, ofTls] = [await freePort(), await freePort()];
    plain = `http://127.0.0.1:${port}`;
    tlsPort = ofTls;
    for (const name of ['nginx.conf', 'shop.conf', 'tls.d/tls.conf']) {
      const path = join(folder, name);
      const text = (await readFile(path, 'utf8'))
        .replaceAll('/tmp/', `${folder}/tmp-`)
        .replaceAll('/etc/nginx/mime.types', '/MIME')
        .replaceAll('/etc/nginx', folder)
        .replaceAll('/MIME', '/etc/nginx/mime.types')
        .replace('/dev/stdout', join(folder, 'access.log'))
        .replace('app:5004', new URL(shop.url).host)
        .replace('listen 8080', `listen 127.0.0.1:${port}`)
        .replace('listen 8443', `listen 127.0.0.1:${ofTls}`);
      await writeFile(path, text);
    }
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
        ...[
          '-keyout',
          join(folder, 'tls.d/privkey.pem'),
          '-out',
          join(folder, 'tls.d/fullchain.pem'),
        ],
      ],
      { stdio: 'ignore' },
    );
    // Not as root, as in its image.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder]);
    proxy = spawn(NGINX, ['-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], {
      stdio: ['ignore', 'inherit', 'inherit'],
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    closed = once(proxy, 'close');
    const answers = () =>
      fetch(plain).then(
        () => true,
        () => false,
      );
    await until(answers, { what: 'the proxy' });
  });
  afterAll(async () => {
    proxy?.kill('SIGQUIT');
    await closed;
    await shop.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is configured as nginx wants it', () => {
    execFileSync(NGINX, ['-t', '-q', '-c', join(folder, 'nginx.conf')], { stdio: 'pipe' });
  });

  it('passes pages and the API on, and keeps the metrics inside', async () => {
    expect(await fetch(plain).then(({ status }) => status)).toBe(200);
    expect(await fetch(`${plain}/api/products`).then((answer) => answer.json())).toHaveProperty(
      'data',
    );
    expect(await fetch(`${plain}/metrics`).then(({ status }) => status)).toBe(404);
    expect(await fetch(`${shop.url}/metrics`).then(({ status }) => status)).toBe(200);
  });

  it('serves TLS where there is a certificate', async () => {
    const ca = await readFile(join(folder, 'tls.d/fullchain.pem'));
    const asked = request({
      host: '127.0.0.1',
      servername: 'localhost',
      port: tlsPort,
      path: '/health/live',
      ca,
    });
    const [answer] = await once(asked.end(), 'response');
    answer.resume();
    expect(answer.statusCode).toBe(200);
  });

  it('lets an import of products through that is larger than nginx lets by itself', async () => {
    const form = new FormData();
    form.set('file', new Blob(['x'.repeat(3 * 1024 * 1024)]), 'products.csv');
    const { status } = await fetch(`${plain}/api/products/import`, { method: 'POST', body: form });
    // The shop's own refusal of a stranger, not nginx's of the size.
    expect(status).toBe(401);
  });

  it('logs a line of JSON for each request, with its correlation id and without its query', async () => {
    const headers = { 'x-correlation-id': 'through-the-proxy' };
    await fetch(`${plain}/reset-password?token=secret"quoted`, { headers });
    const lines = async () =>
      (await readFile(join(folder, 'access.log'), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ correlationId }) => correlationId === 'through-the-proxy');
    await until(async () => (await lines()).length > 0);
    expect(await lines()).toEqual([
      expect.objectContaining({
        method: 'GET',
        path: '/reset-password',
        duration: expect.any(Number),
      }),
    ]);
  });
});
