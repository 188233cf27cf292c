import { Type } from 'typebox';
import { describe, expect, it, test } from 'vitest';
import { type Access, enforceAccess, forgetAfterChanges } from '../../src/http/access.ts';
import type { App, Request } from '../../src/http/app-type.ts';
import {
  bearerAuthentication,
  demand,
  isAllowed,
  ownerWithin,
  principalOf,
} from '../../src/http/principal.ts';
import { ShopError } from '../../src/shared/errors.ts';
import { type Actor, actors, ask, bareApp, everybody } from './guarded.ts';

const handler = async () => 'let in';

/** What each gets who asks for a route. */
async function statuses(app: App, url: string): Promise<Record<Actor, number>> {
  const answers = await Promise.all(everybody.map((who) => ask(app, who, url)));
  return Object.fromEntries(everybody.map((who, index) => [who, answers[index]?.status])) as Record<
    Actor,
    number
  >;
}

describe('a route', () => {
  const everyone = { nobody: 200, customer: 200, clerk: 200, buyer: 200, owner: 200, key: 200 };
  test.each<[string, object, Record<Actor, number>]>([
    ['anyone', { access: 'anyone' }, everyone],
    ['signed-in', { access: 'signed-in' }, { ...everyone, nobody: 401, key: 403 }],
    ['staff', { access: 'staff' }, { ...everyone, nobody: 401, customer: 403, key: 403 }],
    [
      'orders:read',
      { access: 'orders:read' },
      { ...everyone, nobody: 401, customer: 403, buyer: 403 },
    ],
    [
      'audit:read',
      { access: 'audit:read' },
      { nobody: 401, customer: 403, clerk: 403, buyer: 403, owner: 200, key: 403 },
    ],
    [
      'signed-in, and keys with orders:read',
      { access: 'signed-in', keysWith: 'orders:read' },
      { ...everyone, nobody: 401 },
    ],
    [
      'signed-in, and keys with audit:read',
      { access: 'signed-in', keysWith: 'audit:read' },
      { ...everyone, nobody: 401, key: 403 },
    ],
  ])('for %s lets in whom it says', async (_access, config, expected) => {
    const app = bareApp();
    enforceAccess(app);
    app.get('/', { config }, handler);
    expect(await statuses(app, '/')).toEqual(expected);
  });

  it('that declares no access does not register', () => {
    const app = bareApp();
    enforceAccess(app);
    expect(() => app.get('/open', handler)).toThrow('GET /open declares no access');
  });

  it('says why it refuses: nobody, too little, a key where people ask, a customer in the console', async () => {
    const app = bareApp();
    enforceAccess(app);
    for (const access of ['signed-in', 'staff', 'audit:read'] satisfies Access[])
      app.get(`/${access}`, { config: { access } }, handler);
    const told = async (who: Actor, url: string) => {
      const { code, detail } = (await ask(app, who, url)).body;
      return `${code}: ${detail}`;
    };
    expect(await told('nobody', '/signed-in')).toBe(
      'unauthenticated: Send an access token: "Authorization: Bearer …".',
    );
    expect(await told('clerk', '/audit:read')).toBe(
      'forbidden: This needs the permission audit:read.',
    );
    expect(await told('key', '/signed-in')).toBe(
      'forbidden: This is for people, not for API keys.',
    );
    expect(await told('customer', '/staff')).toBe(
      'forbidden: This is for the people who run the shop.',
    );
  });

  it('asks whoever is not signed in as its scope says, and them alone', async () => {
    const app = bareApp();
    enforceAccess(app, (_request, reply) => reply.redirect('/sign-in', 303));
    app.get('/', { config: { access: 'orders:read' } }, handler);
    expect((await ask(app, 'nobody', '/')).headers.location).toBe('/sign-in');
    expect((await ask(app, 'customer', '/')).status).toBe(403);
  });

  it('looks at who asks before it looks at what, and before hooks of its own', async () => {
    const app = bareApp();
    enforceAccess(app);
    const seen: string[] = [];
    const hook = (name: string) => async () => void seen.push(name);
    const schema = { querystring: Type.Object({ needed: Type.String() }) };
    app.get(
      '/one',
      { schema, config: { access: 'audit:read' }, onRequest: hook('the only one') },
      handler,
    );
    app.get(
      '/two',
      { config: { access: 'audit:read' }, onRequest: [hook('the first'), hook('the second')] },
      handler,
    );
    expect([(await ask(app, 'clerk', '/one')).status, seen]).toEqual([403, []]);
    expect((await ask(app, 'owner', '/one')).status).toBe(400);
    expect((await ask(app, 'owner', '/two')).status).toBe(200);
    expect(seen).toEqual(['the only one', 'the first', 'the second']);
  });
});

describe('what is remembered of callers', () => {
  it('is forgotten once a route changed it, before its answer leaves, and only then', async () => {
    const app = bareApp();
    const happened: string[] = [];
    forgetAfterChanges(app, () => happened.push('forgotten'));
    app.addHook('onResponse', async () => void happened.push('answered'));
    app.get('/reads', handler);
    app.get('/changes', { config: { changesStanding: true } }, async () => {
      happened.push('changed');
      return 'done';
    });
    await ask(app, 'owner', '/reads');
    expect(happened).toEqual(['answered']);
    await ask(app, 'owner', '/changes');
    expect(happened).toEqual(['answered', 'changed', 'forgotten', 'answered']);
  });
});

describe('an access token', () => {
  /** A server that says whom a request comes from. */
  function withTokens() {
    const app = bareApp();
    const asked: string[] = [];
    bearerAuthentication(app, async (token) => {
      asked.push(token);
      if (token !== 'good.token_1-2~3+/==') throw new ShopError('unauthenticated', 'No.');
      return actors.customer;
    });
    app.get('/', async (request) => request.principal?.userId ?? 'nobody');
    const send = (authorization?: string) =>
      app.inject({ url: '/', headers: authorization === undefined ? {} : { authorization } });
    return { send, asked };
  }

  it('says who asks; without one nobody does', async () => {
    const { send, asked } = withTokens();
    expect((await send()).body).toBe('nobody');
    expect(asked).toEqual([]);
    expect((await send('Bearer good.token_1-2~3+/==')).body).toBe(actors.customer.userId);
    expect((await send('bearer good.token_1-2~3+/==')).body).toBe(actors.customer.userId);
  });

  it('that is not good is refused also where none is needed', async () => {
    expect((await withTokens().send('Bearer bad')).statusCode).toBe(401);
  });

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'good.token_1-2~3+/==',
    'Bearer good.token_1-2~3+/== ',
    'Bearer  good.token_1-2~3+/==',
    'xBearer good.token_1-2~3+/==',
    'Bearer a b',
    'Bearer a=b',
    'Bearer a,b',
  ])('sent as %j is none, and is not even looked at', async (header) => {
    const { send, asked } = withTokens();
    const answer = await send(header);
    expect([answer.statusCode, answer.json().code, asked]).toEqual([401, 'unauthenticated', []]);
    expect(answer.json().detail).toContain('Authorization: Bearer');
  });
});

describe('what depends on more than the route', () => {
  const by = (who: Actor) => ({ principal: actors[who] }) as Request;

  it('is allowed by permission, and to nobody who is not signed in', () => {
    expect(isAllowed(by('clerk'), 'orders:read')).toBe(true);
    expect(isAllowed(by('clerk'), 'stock:read')).toBe(false);
    expect(isAllowed(by('nobody'), 'orders:read')).toBe(false);
    expect(() => demand(by('clerk'), 'orders:read')).not.toThrow();
    expect(() => demand(by('clerk'), 'stock:read')).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
    const nobody = expect.objectContaining({ code: 'unauthenticated' });
    expect(() => demand(by('nobody'), 'orders:read')).toThrow(nobody);
    expect(() => principalOf(by('nobody'))).toThrow(nobody);
  });

  it('reaches everybody’s things with the permission, without it one’s own', () => {
    expect(ownerWithin(by('clerk'), 'orders:read')).toBeNull();
    expect(ownerWithin(by('customer'), 'orders:read')).toBe(actors.customer.userId);
    expect(() => ownerWithin(by('nobody'), 'orders:read')).toThrow('access token');
  });
});
