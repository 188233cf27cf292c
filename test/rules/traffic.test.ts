import { Counter } from 'prom-client';
import { describe, expect, it, test } from 'vitest';
import type { App, Request } from '../../src/http/app-type.ts';
import { limitRequests } from '../../src/http/limits/limit-requests.ts';
import { localLimits } from '../../src/http/limits/local-limits.ts';
import { type CLASSES, classifyRoutes } from '../../src/http/limits/route-classes.ts';
import { ShopError } from '../../src/shared/errors.ts';
import { bareApp } from './guarded.ts';

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

describe('the class of a route', () => {
  test.each<[Method, string, keyof typeof CLASSES | null]>([
    ['GET', '/health/live', null],
    ['GET', '/metrics', null],
    ['GET', '/metrics/more', 'page'],
    ['GET', '/healthy', 'page'],
    ['POST', '/api/products/import', 'upload'],
    ['POST', '/admin/import', 'upload'],
    ['GET', '/admin/import', 'console'],
    ['POST', '/admin/imports', 'console'],
    ['POST', '/api/products/import/rows', 'write'],
    ['GET', '/admin', 'console'],
    ['DELETE', '/admin/orders/:id', 'console'],
    ['GET', '/administrators', 'page'],
    ['POST', '/api/webhooks/stripe', 'webhook'],
    ['GET', '/api/webhooks/:id', 'read'],
    ['POST', '/api/auth/login', 'auth'],
    ['POST', '/sign-in', 'auth'],
    ['POST', '/sign-in/code', 'auth'],
    ['POST', '/forgot-password', 'auth'],
    ['POST', '/reset-password', 'auth'],
    ['GET', '/sign-in', 'page'],
    ['GET', '/api/auth/profile', 'read'],
    ['POST', '/api/orders', 'order'],
    ['PUT', '/api/orders/:id', 'order'],
    ['DELETE', '/api/orders/:id', 'order'],
    ['POST', '/api/payments', 'order'],
    ['POST', '/api/checkout', 'order'],
    ['POST', '/checkout', 'order'],
    ['POST', '/checkouts', 'write'],
    ['POST', '/my/orders', 'write'],
    ['GET', '/api/orders', 'read'],
    ['GET', '/search', 'search'],
    ['HEAD', '/api/products/search', 'search'],
    ['POST', '/search', 'write'],
    ['GET', '/searches', 'page'],
    ['GET', '/research', 'page'],
    ['GET', '/*', 'asset'],
    ['HEAD', '/css/*', 'asset'],
    ['POST', '/*', 'write'],
    ['GET', '/api/products', 'read'],
    ['HEAD', '/api/products', 'read'],
    ['GET', '/apiary', 'page'],
    ['HEAD', '/', 'page'],
    ['POST', '/cart/items', 'write'],
    ['PUT', '/api/products/:id', 'write'],
    ['PATCH', '/api/products/:id', 'write'],
    ['DELETE', '/api/cart/items/:id', 'write'],
  ])('%s %s is %s', (method, url, name) => {
    const app = bareApp();
    const classes: unknown[] = [];
    classifyRoutes(app);
    app.addHook('onRoute', ({ config }) => void classes.push(config?.routeClass));
    app.route({ method, url, exposeHeadRoute: false, handler: async () => '' });
    expect(classes).toEqual([name]);
  });

  it('is needed: a method that no class is meant for does not register', () => {
    const app = bareApp();
    classifyRoutes(app);
    const route = { method: 'OPTIONS', url: '/here', handler: async () => '' } as const;
    expect(() => app.route(route)).toThrow('OPTIONS /here is in no class of routes');
  });

  it('keeps what else a route declares', () => {
    const app = bareApp();
    const seen: unknown[] = [];
    classifyRoutes(app);
    app.addHook('onRoute', ({ config }) => void seen.push(config));
    app.get('/here', { config: { access: 'anyone' }, exposeHeadRoute: false }, async () => '');
    expect(seen).toEqual([{ access: 'anyone', routeClass: 'page' }]);
  });
});

describe('who asks too much', () => {
  let now = 0;
  const SECONDS = 1e6;
  /**
   * A server whose uploads are limited to two a minute, and the guessing of credentials to 24. In its second scope
   * people are limited by who they are, and every `x-token` is a credential.
   */
  function limited() {
    const app = bareApp();
    const rateLimited = new Counter({
      ...{ name: 'limited', help: 'limited', labelNames: ['class'], registers: [] },
    });
    const limits = localLimits({ capacity: 100, now: () => now });
    const { byPrincipal: limit } = limitRequests(app, {
      limits,
      metrics: { rateLimited },
      percent: 2,
    });
    classifyRoutes(app);
    app.post('/admin/import', async () => 'let in');
    app.get('/health/live', async () => 'alive');
    app.register(async (scope: App) => {
      const gaveCredential = ({ headers }: Request) => headers['x-token'] !== undefined;
      limit(scope, { gaveCredential });
      scope.post('/api/products/import', async () => 'let in');
    });
    // The authentication of this scope refuses before it is limited by who asks.
    app.register(async (scope: App) => {
      scope.addHook('onRequest', async ({ headers }) => {
        if (headers['x-token'] === 'bad') throw new ShopError('unauthenticated', 'No.');
        if (headers['x-token'] === 'broken') throw new ShopError('forbidden', 'No.');
      });
      limit(scope, { gaveCredential: ({ headers }) => headers['x-token'] !== undefined });
      scope.post('/api/orders', async () => {
        throw new ShopError('unauthenticated', 'No.');
      });
    });
    const counted = async (name: string) =>
      (await rateLimited.get()).values.find(({ labels }) => labels.class === name)?.value;
    const send = (
      url: string,
      { from = '203.0.113.1', ...headers }: Record<string, string> = {},
      method: 'GET' | 'POST' = 'POST',
    ) => app.inject({ method, url, remoteAddress: from, headers });
    return { app, counted, send };
  }
  const told = (answer: Answer) => answer.headers.ratelimit;

  it('is refused, told when to come again, and counted', async () => {
    const { send, counted } = limited();
    expect([await counted('upload'), await counted('credentials')]).toEqual([0, 0]);
    const first = await send('/admin/import');
    expect([first.statusCode, first.headers['ratelimit-policy'], told(first)]).toEqual([
      ...[200, '"upload";q=2;w=60', '"upload";r=1;t=30'],
    ]);
    expect(told(await send('/admin/import'))).toBe('"upload";r=0;t=60');
    const refused = await send('/admin/import');
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({
      code: 'rate_limited',
      detail: 'Too many requests. Try again in 30 seconds.',
    });
    expect([refused.headers['retry-after'], told(refused)]).toEqual(['30', '"upload";r=0;t=30']);
    now += 29 * SECONDS;
    expect((await send('/admin/import')).json().detail).toContain('Try again in 1 second.');
    now += SECONDS;
    expect((await send('/admin/import')).statusCode).toBe(200);
    expect([await counted('upload'), await counted('page')]).toEqual([2, 0]);
  });

  it('holds up nobody at another network, no probe and no other class', async () => {
    const { send } = limited();
    for (let times = 0; times < 3; times += 1) await send('/admin/import');
    expect((await send('/admin/import')).statusCode).toBe(429);
    expect((await send('/admin/import', { from: '203.0.113.2' })).statusCode).toBe(200);
    const probe = await send('/health/live', {}, 'GET');
    expect([probe.statusCode, told(probe)]).toEqual([200, undefined]);
    // What is nowhere is limited as a page.
    expect(told(await send('/nowhere', {}, 'GET'))).toMatch(/^"page";r=119;/);
  });

  it('is one for all addresses of a /64', async () => {
    const { send } = limited();
    const answers = [];
    for (const from of ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1'])
      answers.push((await send('/admin/import', { from })).statusCode);
    expect(answers).toEqual([200, 200, 429, 200]);
  });

  it('is held as who they are where that is known, wherever they ask from', async () => {
    const { send } = limited();
    const upload = async (who: string, from: string) =>
      (await send('/api/products/import', { 'x-actor': who, from })).statusCode;
    expect(await upload('owner', '203.0.113.1')).toBe(200);
    expect(await upload('owner', '203.0.113.2')).toBe(200);
    expect(await upload('owner', '203.0.113.3')).toBe(429);
    expect(await upload('clerk', '203.0.113.3')).toBe(200);
    // Who is not signed in is their network.
    expect(await upload('nobody', '203.0.113.3')).toBe(200);
    expect(await upload('nobody', '203.0.113.3')).toBe(200);
    expect(await upload('nobody', '203.0.113.3')).toBe(429);
  });

  test.each<[string, string, Record<string, string>]>([
    ['guessed tokens that are refused', '/api/orders', { 'x-token': 'bad' }],
    ['guessed sessions that are none', '/api/products/import', { 'x-token': 'guessed' }],
  ])(
    'and sends %s is refused before anything is looked at, also with a good one',
    async (_what, url, headers) => {
      const { send, counted } = limited();
      const policies = new Set<unknown>();
      for (let guess = 0; guess < 24; guess += 1) {
        const { headers: answered } = await send(url, headers);
        policies.add(answered['ratelimit-policy']);
      }
      expect(policies).not.toContain('"credentials";q=24;w=60');
      const good = { 'x-token': 'good', 'x-actor': 'owner' };
      for (const address of [url, '/api/products/import']) {
        const refused = await send(address, good);
        expect([refused.statusCode, refused.headers['ratelimit-policy']]).toEqual([
          ...[429, '"credentials";q=24;w=60'],
        ]);
        expect(told(refused)).toMatch(/^"credentials";r=0;t=\d+$/);
      }
      expect(await counted('credentials')).toBe(2);
      expect(
        (await send('/api/products/import', { ...good, from: '203.0.113.2' })).statusCode,
      ).toBe(200);
      expect((await send('/health/live', {}, 'GET')).statusCode).toBe(200);
    },
  );

  test.each<[string, Record<string, string>]>([
    ['without a credential', {}],
    ['with a good one', { 'x-token': 'good', 'x-actor': 'owner' }],
    ['what is refused for another reason', { 'x-token': 'broken' }],
  ])('and asks for orders %s counts for no guesser', async (_how, headers) => {
    const { send } = limited();
    for (let times = 0; times < 30; times += 1) await send('/api/orders', headers);
    const { headers: answered } = await send('/api/orders', headers);
    expect(answered['ratelimit-policy']).not.toBe('"credentials";q=24;w=60');
  });
});

type Answer = Awaited<ReturnType<App['inject']>>;
