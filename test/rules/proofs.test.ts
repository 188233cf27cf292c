import type { FastifyRequest } from 'fastify';
import { describe, expect, it, test } from 'vitest';
import { enforceAccess } from '../../src/http/access.ts';
import {
  enforceStaffFactor,
  leadToEnrolment,
  refuseWithoutFactor,
} from '../../src/http/staff-factor.ts';
import { askToConfirm, demandStepUp, enforceStepUp } from '../../src/http/step-up.ts';
import { type Actor, actors, ask, bareApp, everybody } from './guarded.ts';

const handler = async () => 'let in';
const hook = (seen: string[], name: string) => async () => void seen.push(name);

describe('what a stolen session must not do', () => {
  /** A server where those confirmed a moment ago who are given. */
  function confirmedBy(confirmed: readonly Actor[] = []) {
    const app = bareApp();
    const asked: string[] = [];
    enforceStepUp(app, {
      isConfirmed: async (sessionId) => {
        asked.push(sessionId);
        return confirmed.some((who) => actors[who]?.sessionId === sessionId);
      },
      ask: demandStepUp,
    });
    app.get('/dangerous', { config: { stepUp: true } }, handler);
    app.get('/harmless', handler);
    return { app, asked };
  }

  it('is asked of everybody with a session, and of no program', async () => {
    const { app } = confirmedBy();
    const answers = await Promise.all(everybody.map((who) => ask(app, who, '/dangerous')));
    const told = Object.fromEntries(everybody.map((who, index) => [who, answers[index]?.status]));
    expect(told).toEqual({
      ...{ customer: 403, clerk: 403, buyer: 403, owner: 403 },
      ...{ nobody: 200, key: 200 },
    });
  });

  it('is done by who proved a moment ago, in this session, that it is they', async () => {
    const { app, asked } = confirmedBy(['clerk']);
    expect((await ask(app, 'clerk', '/dangerous')).status).toBe(200);
    expect((await ask(app, 'owner', '/dangerous')).status).toBe(403);
    expect(asked).toEqual([actors.clerk.sessionId, actors.owner.sessionId]);
  });

  it('tells a program where its user confirms', async () => {
    const { body } = await ask(confirmedBy().app, 'owner', '/dangerous');
    expect(body).toMatchObject({ code: 'step_up_required', confirmAt: '/api/auth/confirm' });
    expect(body.detail).toContain('POST /api/auth/confirm');
  });

  it('is not asked for what is harmless', async () => {
    const { app, asked } = confirmedBy();
    expect((await ask(app, 'owner', '/harmless')).status).toBe(200);
    expect(asked).toEqual([]);
  });

  it('is asked last: who may not do it at all is told so', async () => {
    const app = bareApp();
    const seen: string[] = [];
    enforceAccess(app);
    const isConfirmed = async () => void seen.push('asked') === undefined && false;
    enforceStepUp(app, { isConfirmed, ask: demandStepUp });
    const config = { access: 'audit:read', stepUp: true } as const;
    app.get('/one', { config, onRequest: hook(seen, 'a hook of its own') }, handler);
    expect((await ask(app, 'clerk', '/one')).body.code).toBe('forbidden');
    expect(seen).toEqual([]);
    expect((await ask(app, 'owner', '/one')).body.code).toBe('step_up_required');
    expect(seen).toEqual(['a hook of its own', 'asked']);
  });

  describe('on a page', () => {
    const app = bareApp();
    enforceStepUp(app, { isConfirmed: async () => false, ask: askToConfirm(app) });
    const config = { stepUp: true } as const;
    app.get('/account/keys', handler);
    app.get('/account/keys/:id', handler);
    app.get('/account/export', { config }, handler);
    app.post('/account/keys', { config }, handler);
    app.post('/account/keys/:id/revoke', { config }, handler);
    app.post('/account/keys/:id/log/clear', { config }, handler);
    app.post('/lost/form', { config }, handler);

    test.each<['GET' | 'POST', string, string]>([
      ['GET', '/account/export?as=csv', '/account/export?as=csv'],
      ['POST', '/account/keys', '/account/keys'],
      ['POST', '/account/keys?page=2', '/account/keys?page=2'],
      ['POST', '/account/keys/7/revoke', '/account/keys/7'],
      ['POST', '/account/keys/7/log/clear', '/account/keys/7'],
      ['POST', '/account/keys/7/revoke?page=2&q=a%20b', '/account/keys/7?page=2&q=a%20b'],
      ['POST', '/account/keys?q=what?&page=2', '/account/keys?q=what?&page=2'],
      ['GET', '/account/export?as=what?', '/account/export?as=what?'],
      ['POST', '/lost/form', '/'],
    ])('%s %s leads to the confirmation and back to %s', async (method, url, back) => {
      const { status, headers } = await ask(app, 'owner', url, method);
      expect(status).toBe(303);
      const { pathname, searchParams } = new URL(String(headers.location), 'http://shop.example');
      expect([pathname, searchParams.get('next')]).toEqual(['/confirm', back]);
    });
  });
});

describe('where second factors are the duty of staff', () => {
  /** A server where those have a second factor who are given. */
  function protectedBy(having: readonly Actor[] = []) {
    const app = bareApp();
    const asked: string[] = [];
    enforceStaffFactor(app, {
      hasFactor: async (userId) => {
        asked.push(userId);
        return having.some((who) => actors[who]?.userId === userId);
      },
      ask: refuseWithoutFactor,
    });
    return { app, asked };
  }

  it('members of the staff without one are refused, and told where to add one', async () => {
    const { app, asked } = protectedBy(['buyer']);
    app.get('/', { config: { access: 'signed-in' } }, handler);
    const refused: Actor[] = [];
    for (const who of everybody) {
      const { status, body } = await ask(app, who, '/');
      if (status === 200) continue;
      refused.push(who);
      expect(body).toMatchObject({ status: 403, code: 'second_factor_missing' });
      expect(body.detail).toContain('/account/security');
    }
    expect(refused).toEqual(['clerk', 'owner']);
    // Customers and programs are not even looked up.
    expect(asked).toEqual(['clerk', 'buyer', 'owner'].map((who) => actors[who as Actor]?.userId));
  });

  it('what is for everybody, and what leads to a factor, stays open to them, there as to anybody', async () => {
    const { app, asked } = protectedBy();
    const permissions = async ({ principal }: FastifyRequest) => [
      ...(principal?.permissions ?? []),
    ];
    app.get('/open', { config: { access: 'anyone' } }, permissions);
    app.get('/enrol', { config: { access: 'signed-in', enrols: true } }, handler);
    app.get('/bare', handler);
    expect((await ask(app, 'owner', '/enrol')).status).toBe(200);
    expect(asked).toEqual([]);
    expect(await ask(app, 'owner', '/open')).toMatchObject({ status: 200, body: [] });
    expect((await ask(app, 'owner', '/bare')).status).toBe(403);
  });

  it('pages lead them to where one is added', async () => {
    const app = bareApp();
    enforceStaffFactor(app, { hasFactor: async () => false, ask: leadToEnrolment });
    app.get('/admin', handler);
    const { status, headers } = await ask(app, 'clerk', '/admin');
    expect([status, headers.location]).toEqual([303, '/account/security']);
  });

  it('hooks of the route itself come first', async () => {
    const { app } = protectedBy(['owner']);
    const seen: string[] = [];
    app.get('/', { onRequest: [hook(seen, 'one'), hook(seen, 'two')] }, handler);
    expect((await ask(app, 'owner', '/')).status).toBe(200);
    expect((await ask(app, 'clerk', '/')).status).toBe(403);
    expect(seen).toEqual(['one', 'two', 'one', 'two']);
  });
});
