import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wideNetworkOf } from '../../src/shared/network.ts';
import { trailHead } from '../../src/trail/trail.ts';
import { openConsole } from '../admin/support.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { apiSteps } from './api-steps.ts';
import { consoleSteps } from './console-steps.ts';
import { flagSteps } from './flag-steps.ts';
import { createScene, type Scene, type Step } from './scene.ts';
import { staffSteps } from './staff-steps.ts';
import { changingRoutes, trailAfter } from './support.ts';

/** Routes by which staff change nothing: those of shoppers, of Stripe, and of everybody's own account. */
const others = [
  'POST /account/passkeys',
  'POST /account/provider/remove',
  'POST /account/passkeys/options',
  'POST /account/passkeys/:id/remove',
  'POST /api/auth/passkey',
  'POST /api/auth/passkey/options',
  'POST /confirm/passkey',
  'POST /confirm/passkey/options',
  'POST /sign-in/passkey',
  'POST /sign-in/passkey/options',
  'POST /sign-in/second-step/passkey',
  'POST /sign-in/second-step/passkey/options',
  'POST /account/two-step/begin',
  'POST /account/two-step/confirm',
  'POST /account/two-step/off',
  'POST /account/two-step/recovery-codes',
  'POST /api/auth/confirm',
  'POST /api/auth/second-factor',
  'POST /confirm',
  'POST /sign-in/second-step',
  'POST /account/password',
  'POST /account/sessions/:id/end',
  'POST /account/sessions/end-others',
  'POST /api/auth/change-password',
  'DELETE /api/auth/sessions',
  'DELETE /api/auth/sessions/:id',
  'POST /api/auth/login',
  'POST /api/auth/logout',
  'POST /api/auth/refresh',
  'POST /api/auth/register',
  'POST /api/auth/request-reset',
  'POST /api/auth/reset-password',
  'POST /api/checkout',
  'POST /api/orders',
  'POST /api/webhooks/stripe',
  'POST /cart/items',
  'POST /cart/items/:variantId',
  'POST /checkout',
  'POST /forgot-password',
  'POST /invitation',
  'POST /invitation/join',
  'POST /orders/:id/cancel',
  'POST /orders/:id/pay',
  'POST /reset-password',
  'POST /sign-in',
  'POST /sign-out',
  'POST /sign-up',
  'POST /account/data',
  'POST /account/erase',
  'PUT /api/cart/items/:variantId',
];

let shop: TestShop;
let scene: Scene;
let steps: Record<string, Step>;
let adminId: string;

beforeAll(async () => {
  shop = await startShop();
  scene = createScene(shop, await openConsole(shop));
  steps = { ...apiSteps(scene), ...consoleSteps(scene), ...staffSteps(scene), ...flagSteps(scene) };
  const { id } = await shop.db
    .selectFrom('users')
    .select('id')
    .where('email', '=', shop.admin.email)
    .executeTakeFirstOrThrow();
  adminId = id;
  await shop.adminToken();
});
afterAll(() => shop.stop());

describe('what staff do', () => {
  it('has a step here for every route of the API and the console that changes something', async () => {
    expect([...Object.keys(steps), ...others].sort()).toEqual(await changingRoutes(shop));
  });

  it('stands in the audit trail, whichever route it is done by', async () => {
    for (const [route, { acts, endsByJob, run }] of Object.entries(steps)) {
      scene.before = (await trailHead(shop.db)).position;
      const subject = await run();
      const told = await trailAfter(shop, scene.before);
      expect(
        told.map(({ act }) => act),
        route,
      ).toEqual(acts);
      for (const [index, row] of told.entries())
        expect(row, route).toMatchObject({
          actor_kind: 'staff',
          actor_id: adminId,
          subject_id: subject,
          address: endsByJob && index === told.length - 1 ? null : '127.0.0.0/24',
          correlation_id: expect.stringMatching(/\S/),
        });
    }
  });

  it('leaves a trail that is whole', () => expectCleanAudit(shop.db));
});

describe('what is refused', () => {
  it('stands in the audit trail under the name of whom it was refused to, by the route’s template', async () => {
    const { token, id } = await shop.customer();
    const { position } = await trailHead(shop.db);
    await shop.api('DELETE', '/api/products/a-slug', { token });
    await shop.api('DELETE', '/api/products/a-slug');
    await until(async () => (await trailAfter(shop, position)).length > 0);
    expect(await trailAfter(shop, position)).toMatchObject([
      {
        act: 'access.refused',
        actor_kind: 'customer',
        actor_id: id,
        subject_kind: 'route',
        subject_id: '/api/products/:id',
        detail: { method: 'DELETE' },
      },
    ]);
  });
});

describe('signing in', () => {
  it('stands in the audit trail where staff did, and where it failed: by the account, never by the address', async () => {
    const { email, id } = await shop.customer();
    const { position } = await trailHead(shop.db);
    const signIn = (body: object) => shop.api('POST', '/api/auth/login', { body });
    await signIn({ email, password: 'a wrong password' });
    await signIn({ email: 'nobody@example.test', password: 'a wrong password' });
    await until(async () => (await trailAfter(shop, position)).length === 2);
    await signIn(shop.admin);
    const told = await trailAfter(shop, position);
    expect(told).toMatchObject([
      { act: 'sign_in.failed', actor_kind: 'visitor', subject_id: id },
      { act: 'sign_in.failed', actor_kind: 'visitor', subject_id: null },
      { act: 'sign_in.succeeded', actor_kind: 'staff', actor_id: adminId, subject_id: adminId },
    ]);
    expect(JSON.stringify(told)).not.toContain('@');
  });
});

describe('of an address, only the network is kept', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['nonsense', null],
  ])('%s', (address, network) => {
    expect(wideNetworkOf(address)).toBe(network);
  });
});
