import multipart from '@fastify/multipart';
import type { App } from '../../src/http/app-type.ts';
import { browserSessions } from '../../src/http/browser.ts';
import { createKeyring } from '../../src/secrets/keyring.ts';
import { actors, bareApp } from './guarded.ts';

const keyring = createKeyring(['a secret of the tests, long enough to sign with'], {
  ...{ settleMs: 0, keepMs: 900_000 },
});

/** Pages that say whom they are for, sign in and out, and leave messages; with what happened at a sign-in. */
export async function pages({ secure = false } = {}) {
  const app = bareApp();
  app.decorateRequest('visitor', '');
  const merged: string[] = [];
  await app.register(multipart);
  await app.register(async (scope: App) => {
    const browser = await browserSessions(scope, {
      ...{ keyring, secure, sessionSeconds: 1000 },
      sessionOf: async (token) => (token === 'of-the-clerk' ? actors.clerk : null),
      onSignedIn: async (_request, { userId }) => void merged.push(userId),
      participantOf: async () => null,
    });
    scope.get('/', async (request) => ({
      who: request.principal?.userId ?? null,
      visitor: request.visitor,
      token: browser.csrfToken(request),
      session: browser.sessionToken(request),
      challenge: browser.challenge(request),
    }));
    scope.get('/flash', async (request, reply) => ({
      flash: browser.takeFlash(request, reply) ?? null,
    }));
    scope.post('/form', async () => 'taken');
    scope.post('/upload', async () => 'taken');
    scope.get<{ Querystring: { next?: string } }>('/enter', async (request, reply) => {
      const entered = { token: 'of-the-clerk', principal: actors.clerk };
      return browser.enter(request, reply, entered, request.query.next);
    });
    scope.get('/asked', async (_request, reply) => {
      browser.keepChallenge(reply, 'what was asked', 600);
      browser.flash(reply, { kind: 'success', text: 'Grüße & <b>' });
      return 'asked';
    });
    scope.get('/leave', async (_request, reply) => {
      browser.signOut(reply);
      return 'left';
    });
  });
  /** Opens a page with cookies. */
  const open = (url: string, cookies: Record<string, string> = {}) => app.inject({ url, cookies });
  return { app, open, merged };
}
