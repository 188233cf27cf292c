import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeWhere } from '../support/describe-where.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { type Change, lack, NGINX, type RunningProxy, runNginx, startProxy } from './proxy.ts';

describeWhere(lack, 'the proxy', () => {
  let shop: TestShop;
  let proxy: RunningProxy;
  let plain: string;
  let folder: string;

  beforeAll(async () => {
    shop = await startShop();
    proxy = await startProxy(shop.url);
    plain = proxy.url;
    folder = proxy.folder;
  });
  afterAll(async () => {
    await proxy?.stop();
    await shop?.stop();
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

  it('lets an import of products through that is larger than nginx lets by itself', async () => {
    const form = new FormData();
    form.set('file', new Blob(['x'.repeat(3 * 1024 * 1024)]), 'products.csv');
    const { status } = await fetch(`${plain}/api/products/import`, { method: 'POST', body: form });
    // The shop's own refusal of a stranger, not nginx's of the size.
    expect(status).toBe(401);
  });

  it('waits for an import of products for longer than for anything else', async () => {
    const slow = createServer((request, response) => {
      request.resume();
      setTimeout(() => response.end('done'), 2500);
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const { port } = slow.address() as AddressInfo;
    const change: Change = (_name, text) =>
      text.replace('proxy_read_timeout 35s', 'proxy_read_timeout 1s');
    const hasty = await runNginx([`http://127.0.0.1:${port}`], { tls: false, change });
    onTestFinished(async () => {
      await hasty.stop();
      slow.close();
    });
    const post = (path: string) => fetch(`${hasty.url}${path}`, { method: 'POST', body: 'Handle' });
    const [api, page, other] = await Promise.all(
      ['/api/products/import', '/admin/import', '/api/products'].map(post),
    );
    expect([api?.status, page?.status]).toEqual([200, 200]);
    expect([other?.status, await other?.json()]).toEqual([
      502,
      expect.objectContaining({ status: 502, code: 'service_unavailable' }),
    ]);
  });

  it('says itself what it has to say as the shop does, at every address', async () => {
    const alone = await startProxy('http://127.0.0.1:9');
    onTestFinished(() => alone.stop());
    const named = { 'idempotency-key': 'the-proxy-alone' };
    const body = new Uint8Array(53 * 1024 * 1024);
    for (const path of [
      'products',
      'orders',
      'orders/1',
      'payments',
      'checkout',
      'webhooks/stripe',
    ])
      for (const [request, status, code] of [
        [{}, 502, 'service_unavailable'],
        [{ method: 'POST' }, 502, 'service_unavailable'],
        [{ method: 'POST', headers: named }, 502, 'service_unavailable'],
        [{ method: 'POST', body }, 413, 'payload_too_large'],
        [{ method: 'POST', body, headers: named }, 413, 'payload_too_large'],
      ] as const) {
        const answer = await fetch(`${alone.url}/api/${path}`, request);
        expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
          ...[path, status, 'application/problem+json'],
        ]);
        expect(await answer.json()).toMatchObject({ status, code });
      }
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
