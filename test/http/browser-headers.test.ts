import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';

const PRODUCTION = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PUBLIC_URL: 'https://shop.example',
  DATABASE_URL: 'postgres://given-by-the-test/shop',
  JWT_SECRET: 'a secret of the tests, long enough to sign with',
  STRIPE_SECRET_KEY: 'sk_test_tests',
  STRIPE_WEBHOOK_SECRET: 'whsec_of_the_tests',
  SMTP_URL: 'smtp://mail.example',
};

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop(PRODUCTION, { role: 'web' });
});
afterAll(() => shop.stop());

const PLACES = ['/', '/sign-in', '/nowhere', '/css/mainstay.css', '/api/products', '/api/nothing'];

it('a file is sent whole, whatever part of it is asked for', async () => {
  const path = '/css/mainstay.css';
  const whole = (await shop.api('GET', path)).body;
  for (const range of ['bytes=0-9', 'bytes=99999999-']) {
    const { status, headers, body } = await shop.api('GET', path, { headers: { range } });
    expect([status, headers.get('accept-ranges'), body === whole]).toEqual([200, null, true]);
  }
});

it('nothing is kept but what says so: no token, and nothing of people', async () => {
  const told = async (path: string, options = {}) =>
    (await shop.api('GET', path, options)).headers.get('cache-control');
  const token = await shop.adminToken();
  for (const path of [
    '/api/orders',
    '/api/auth/profile',
    '/api/auth/sessions',
    '/api/ledger/balances',
  ])
    expect([path, await told(path, { token })]).toEqual([path, 'no-store']);
  expect([await told('/api/orders'), await told('/api/nothing')]).toEqual(['no-store', 'no-store']);
  const account = { email: 'kept@example.test', password: 'a long enough password' };
  const made = await shop.api('POST', '/api/auth/register', { body: account });
  expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
  expect(await told('/sign-in')).toBe('private, no-store');
  expect(await told('/api/products')).toBe('public, no-cache');
  expect(await told('/api/products', { token })).toBe('private, no-cache');
  expect(await told('/css/mainstay.css')).toBe('public, max-age=3600');
});

describe('in production, behind TLS, every answer tells browsers', () => {
  it.each(PLACES)('%s', async (path) => {
    const { headers } = await shop.api('GET', path, { headers: { accept: 'text/html' } });
    const told = (name: string) => headers.get(name);
    expect(told('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
    expect(told('x-content-type-options')).toBe('nosniff');
    expect(told('referrer-policy')).toBe('same-origin');
    expect(told('cross-origin-opener-policy')).toBe('same-origin');
    expect(told('cross-origin-resource-policy')).toBe('same-origin');
    expect(told('x-frame-options')).toBe('DENY');
    expect(told('permissions-policy')).toContain('camera=()');
    expect(told('x-powered-by')).toBeNull();
    expect(told('server')).toBeNull();

    const policy = new Map(
      (told('content-security-policy') ?? '').split(';').map((directive) => {
        const [name = '', ...values] = directive.trim().split(' ');
        return [name, values];
      }),
    );
    expect(policy.get('default-src')).toEqual(["'self'"]);
    expect(policy.get('object-src')).toEqual(["'none'"]);
    expect(policy.get('base-uri')).toEqual(["'none'"]);
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    expect(policy.get('form-action')).toEqual(["'self'", 'https://checkout.stripe.com']);
    expect(told('content-security-policy')).not.toMatch(/unsafe|localhost|127\.0\.0\.1|script-src/);
  });

  it('to keep cookies to this host, from scripts, and from other sites', async () => {
    const { headers } = await shop.api('GET', '/sign-in');
    const cookies = headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__Host-/);
      for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
        expect(cookie).toContain(attribute);
      expect(cookie).not.toMatch(/domain=/i);
    }
  });
});
