import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { describeWith } from '../observability/engines.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { runCaddy } from './caddy.ts';
import { type Change, runNginx } from './proxy.ts';
import { askOverH2, askOverTls, shakeHands, type TlsSite } from './tls-client.ts';

const HSTS = ['max-age=31536000; includeSubDomains'];

/** Of the proxy in front of the echo: this machine is its load balancer. */
const changes: Record<'nginx' | 'caddy', Change> = {
  nginx: (name, text) =>
    name === 'trusted-proxies.conf' ? `set_real_ip_from 127.0.0.0/8;\n${text}` : text,
  caddy: (_name, text) =>
    text
      .replace('# named here: trusted_proxies 10.0.0.0/8', '\n\ttrusted_proxies 127.0.0.0/8')
      .replace('lb_try_duration 3s', 'lb_try_duration 0s'),
};

/** The ten seconds that clients are waited for are one. */
const impatient: typeof changes = {
  nginx: (_name, text) =>
    text.replaceAll(/client_(header|body)_timeout 10s/g, 'client_$1_timeout 1s'),
  caddy: (_name, text) => text.replace('read_header 10s', 'read_header 1s'),
};

const TOO_LARGE = { method: 'POST', headers: { 'content-length': '60000000' }, body: 'x' };

interface Running {
  readonly url: string;
  readonly tlsPort: number;
  readonly folder: string;
  stop(): Promise<void>;
}
const proxies: Record<'nginx' | 'caddy', (shopUrl: string, change?: Change) => Promise<Running>> = {
  nginx: (shopUrl, change) => runNginx([shopUrl], { tls: true, ...(change && { change }) }),
  caddy: (shopUrl, change) => runCaddy(shopUrl, change && { change }),
};
const authorities = { nginx: 'tls.d/ca.pem', caddy: 'ca.pem' };

describeWith(['nginx', 'caddy'], 'TLS at the proxy', () => {
  let shop: TestShop;
  let echo: Server;
  let connections = 0;
  beforeAll(async () => {
    shop = await startShop(
      {
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PUBLIC_URL: 'https://localhost',
        DATABASE_URL: 'postgres://given-by-the-test/shop',
        JWT_SECRET: 'a secret of the tests, long enough to sign with',
        STRIPE_SECRET_KEY: 'sk_test_tests',
        STRIPE_WEBHOOK_SECRET: 'whsec_of_the_tests',
        SMTP_URL: 'smtp://mail.example',
        RATE_LIMIT: 'on',
        RATE_LIMIT_PERCENT: '1',
      },
      { role: 'web' },
    );
    echo = createServer((request, response) => {
      request.resume().on('end', () => response.end(JSON.stringify(request.headers)));
    });
    echo.on('connection', () => {
      connections += 1;
    });
    await once(echo.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    echo?.close();
    await shop?.stop();
  });

  describe.each(['nginx', 'caddy'] as const)('by %s', (name) => {
    let proxy: Running;
    let site: TlsSite;
    let inner: Running;
    let innerSite: TlsSite;
    const siteOf = async ({ tlsPort, folder }: Running) => ({
      port: tlsPort,
      ca: await readFile(join(folder, authorities[name]), 'utf8'),
    });
    beforeAll(async () => {
      proxy = await proxies[name](shop.url);
      site = await siteOf(proxy);
      const { port } = echo.address() as AddressInfo;
      inner = await proxies[name](`http://127.0.0.1:${port}`, changes[name]);
      innerSite = await siteOf(inner);
    });
    afterAll(async () => {
      await inner?.stop();
      await proxy?.stop();
    });

    it('is of version 1.2 or 1.3, and speaks HTTP/2', async () => {
      await expect(shakeHands(site, 'TLSv1.1')).rejects.toThrow(/alert protocol version/);
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
        expect(await shakeHands(site, version, ['h2', 'http/1.1'])).toEqual({
          protocol: version,
          alpn: 'h2',
        });
      expect(await askOverH2(site, '/api/products')).toEqual({ status: 200, protocol: 'h2' });
      expect((await shakeHands(site, 'TLSv1.3', ['http/1.1'])).alpn).toBe('http/1.1');
    });

    it('is where plain HTTP leads to, with the method kept', async () => {
      const plain = await fetch(`${proxy.url}/api/orders?x=1`, {
        method: 'POST',
        redirect: 'manual',
      });
      expect(plain.status).toBe(308);
      expect(plain.headers.get('location')).toMatch(
        /^https:\/\/(localhost|127\.0\.0\.1)(:\d+)?\/api\/orders\?x=1$/,
      );
    });

    it('is held to by browsers, told once, of pages, files, errors and the proxy’s own words', async () => {
      for (const path of ['/', '/css/mainstay.css', '/api/nothing', '/metrics'])
        expect([path, (await askOverTls(site, path)).times('strict-transport-security')]).toEqual([
          path,
          HSTS,
        ]);
      const own = await askOverTls(innerSite, '/', TOO_LARGE);
      expect([own.status, own.times('strict-transport-security')]).toEqual([413, HSTS]);
    });

    it('keeps the metrics inside, however their address is spelt', async () => {
      expect((await fetch(`${shop.url}/metrics/`)).status).toBe(200);
      for (const path of ['/metrics', '/metrics/', '/%6detrics', '//metrics', '/x/../metrics?a'])
        expect([path, (await askOverTls(site, path)).status]).toEqual([path, 404]);
    });

    it('lets nobody choose the address that the shop counts them under', async () => {
      const forged = (last: number) => `203.0.113.${last}`;
      const refused = async (count: number) =>
        (
          await askOverTls(site, '/api/products/import', {
            method: 'POST',
            headers: {
              'x-forwarded-for': `${forged(count)}, 10.0.0.1`,
              'x-real-ip': forged(count),
              forwarded: `for=${forged(count)}`,
            },
          })
        ).status === 429;
      // One a minute is let in; whoever could change its address would never be refused.
      await refused(1);
      for (const count of [2, 3, 4]) expect(await refused(count)).toBe(true);
    });

    it('takes a load balancer’s word for who asks, and not what the caller told the balancer', async () => {
      const { text } = await askOverTls(innerSite, '/', {
        headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.9', forwarded: 'for=6.6.6.6' },
      });
      const heard = JSON.parse(text);
      // The shop looks from the right, past addresses of the private network.
      const chain = heard['x-forwarded-for'].replace(/, 127\.0\.0\.1$/, '').split(', ');
      expect(chain.at(-1)).toBe('203.0.113.9');
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      if (name === 'nginx')
        expect((await askOverTls(innerSite, '/.rollout', { headers })).status).toBe(403);
      expect(heard).toMatchObject({
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'localhost',
      });
    });

    it('says problem+json of what is too large, or is passed on as the shop says it', async () => {
      const own = await askOverTls(innerSite, '/', TOO_LARGE);
      expect(own.type).toContain('application/problem+json');
      expect(JSON.parse(own.text)).toMatchObject({
        ...{ status: 413, code: 'payload_too_large' },
        correlationId: expect.stringMatching(/^[\w-]{32,36}$/),
      });
      const theirs = await askOverTls(site, '/api/auth/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-correlation-id': 'told-by-the-caller' },
        body: `{"email":"${'x'.repeat(20_000)}"}`,
      });
      expect(theirs.type).toContain('application/problem+json');
      expect([theirs.status, JSON.parse(theirs.text)]).toEqual([
        413,
        expect.objectContaining({
          code: 'payload_too_large',
          correlationId: 'told-by-the-caller',
        }),
      ]);
      expect(theirs.times('x-correlation-id')).toEqual(['told-by-the-caller']);
    });

    it('says problem+json of headers and addresses that are too long', async () => {
      const headers = await askOverTls(site, '/', { headers: { 'x-long': 'x'.repeat(17_000) } });
      const address = await askOverTls(site, `/?${'x'.repeat(9000)}`);
      expect([headers.status, address.status]).toEqual([431, 414]);
      for (const { type, text, times } of [headers, address]) {
        expect([type, JSON.parse(text)]).toEqual([
          expect.stringContaining('application/problem+json'),
          expect.objectContaining({ code: expect.stringContaining('too_l') }),
        ]);
        expect(times('strict-transport-security')).toEqual(HSTS);
      }
    });

    it('keeps connections to the shop', async () => {
      const before = connections;
      for (let count = 0; count < 30; count += 1) await askOverTls(innerSite, '/');
      expect(connections - before).toBeLessThan(5);
    });

    it('does not wait for who says nothing', async () => {
      const hasty = await proxies[name](shop.url, impatient[name]);
      onTestFinished(() => hasty.stop());
      const where = await siteOf(hasty);
      const socket = connect({ ...where, host: '127.0.0.1', servername: 'localhost' });
      // Cut off in its handshake on a slow machine: then it was not waited for either.
      socket.on('error', () => undefined).resume();
      socket.write('GET / HTTP/1.1\r\nHost:');
      await new Promise((closed) => socket.on('close', closed));
    });
  });

  it('leaves the challenge of an issuer on plain HTTP by nginx', async () => {
    const proxy = await runNginx([shop.url], { tls: true });
    try {
      const folder = join(proxy.folder, 'acme/.well-known/acme-challenge');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'token'), 'token.thumbprint');
      const challenge = await fetch(`${proxy.url}/.well-known/acme-challenge/token`);
      expect([challenge.status, await challenge.text()]).toEqual([200, 'token.thumbprint']);
      expect((await fetch(`${proxy.url}/.well-known/acme-challenge/none`)).status).toBe(404);
      expect((await fetch(`${proxy.url}/health/live`, { redirect: 'manual' })).status).toBe(200);
      expect(await fetch(`${proxy.url}/.rollout`).then((answer) => answer.text())).toBe('none');
    } finally {
      await proxy.stop();
    }
  });

  it('says that a shop is away as a problem to programs, as a page to browsers', async () => {
    for (const name of ['nginx', 'caddy'] as const) {
      const proxy = await proxies[name]('http://127.0.0.1:9', changes[name]);
      try {
        const site = {
          port: proxy.tlsPort,
          ca: await readFile(join(proxy.folder, authorities[name]), 'utf8'),
        };
        const told = await askOverTls(site, '/api/products');
        const status = 502;
        expect([told.status, told.type]).toEqual([
          status,
          expect.stringContaining('application/problem+json'),
        ]);
        expect(JSON.parse(told.text)).toMatchObject({ status, code: 'service_unavailable' });
        expect([told.times('strict-transport-security'), told.times('retry-after')]).toEqual([
          HSTS,
          ['5'],
        ]);
        const page = await askOverTls(site, '/', { headers: { accept: 'text/html' } });
        expect([page.status, page.type]).toEqual([status, expect.stringContaining('text/html')]);
      } finally {
        await proxy.stop();
      }
    }
  });
});
