import { afterEach, expect, it } from 'vitest';
import { freePort } from '../../src/dev/free-port.ts';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop | undefined;
afterEach(() => shop?.stop());

it('metrics behind a token are given to its bearer alone, in the format that they ask for', async () => {
  shop = await startShop({ METRICS_TOKEN: 'of-the-scraper' });
  for (const authorization of [undefined, 'Bearer of-somebody-else', 'of-the-scraper']) {
    const headers: Record<string, string> = authorization ? { authorization } : {};
    const refused = await shop.api('GET', '/metrics', { headers });
    expect([refused.status, refused.body.code]).toEqual([401, 'unauthenticated']);
  }
  const text = await shop.api('GET', '/metrics', { token: 'of-the-scraper' });
  expect(text.headers.get('content-type')).toContain('text/plain');
  expect(text.body).toContain('# TYPE http_requests_total counter');
  const open = await shop.api('GET', '/metrics', {
    token: 'of-the-scraper',
    headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' },
  });
  expect(open.headers.get('content-type')).toContain('application/openmetrics-text');
  expect(open.body).toContain('# TYPE http_requests counter');
  expect(open.body).toMatch(/\nhttp_requests_total\{.*\} \d+\n/);
  expect(String(open.body).endsWith('# EOF\n')).toBe(true);
  // The one who asks next gets the other format whole again.
  const again = await shop.api('GET', '/metrics', { token: 'of-the-scraper' });
  expect(again.body).toContain('# TYPE http_requests_total counter');
});

it('metrics on a port of their own are not on the shop’s, and the shop is not on theirs', async () => {
  const port = await freePort();
  shop = await startShop({ METRICS_PORT: String(port) });
  const status = async (url: string) => (await fetch(url)).status;
  expect(await status(`${shop.url}/metrics`)).toBe(404);
  expect(await status(`http://127.0.0.1:${port}/metrics`)).toBe(200);
  expect(await status(`http://127.0.0.1:${port}/health/ready`)).toBe(200);
  expect(await status(`http://127.0.0.1:${port}/api/products`)).toBe(404);
});
