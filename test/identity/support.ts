import { Writable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import { pino } from 'pino';
import { Type } from 'typebox';
import { enforceAccess, forgetAfterChanges } from '../../src/http/access.ts';
import type { App } from '../../src/http/app-type.ts';
import { browserSessions, type ChromeOf } from '../../src/http/browser.ts';
import { correlate, correlationIdOf } from '../../src/http/correlation.ts';
import { answerErrors } from '../../src/http/errors.ts';
import { bearerAuthentication, type SessionHolder } from '../../src/http/principal.ts';
import { createRateLimiter } from '../../src/http/rate-limit.ts';
import { schemaCompilers } from '../../src/http/schema-compilers.ts';
import { askToConfirm, enforceStepUp } from '../../src/http/step-up.ts';
import { validateStrictly } from '../../src/http/validation.ts';
import { askToSignIn } from '../../src/http/ways.ts';
import { factorPages } from '../../src/modules/factors/factors.pages.ts';
import { factorRoutes } from '../../src/modules/factors/factors.routes.ts';
import { relyingPartyAt } from '../../src/modules/factors/passkey.model.ts';
import { passkeyRoutes } from '../../src/modules/factors/passkey.routes.ts';
import { passkeySignIn } from '../../src/modules/factors/passkey-form.views.ts';
import { passkeyPages } from '../../src/modules/factors/passkeys.pages.ts';
import { createTokens } from '../../src/modules/identity/access-token.gateway.ts';
import { isConfirmed } from '../../src/modules/identity/confirmed.service.ts';
import { LIFETIME } from '../../src/modules/identity/identity.model.ts';
import { identityPages } from '../../src/modules/identity/identity.pages.ts';
import { identityRoutes } from '../../src/modules/identity/identity.routes.ts';
import { ownSessionsPages } from '../../src/modules/identity/own-sessions.pages.ts';
import { ownSessionsRoutes } from '../../src/modules/identity/own-sessions.routes.ts';
import { sendPasswordReset } from '../../src/modules/identity/password-reset.service.ts';
import {
  type SecurityMailJob,
  sendSecurityNotice,
} from '../../src/modules/identity/security-mail.service.ts';
import { sessionOf } from '../../src/modules/identity/session.service.ts';
import { createStandings } from '../../src/modules/identity/standing.service.ts';
import type { Mail } from '../../src/modules/notifications/notifications.model.ts';
import {
  sendPasswordResetMail,
  sendSecurityMail,
} from '../../src/modules/notifications/notifications.service.ts';
import { createKeyring } from '../../src/secrets/keyring.ts';
import { createSealer } from '../../src/secrets/sealer.ts';
import { createDatabase } from '../support/database.ts';

const SECRET = 'a secret that only this test knows';
const ISSUER = 'https://shop.example';
export const PASSWORD = 'correct horse battery';

export type IdentityServer = Awaited<ReturnType<typeof startIdentity>>;

/** A real server with the API and the pages of identity alone, on a database of its own. */
export async function startIdentity({ rateLimit = false }: { rateLimit?: boolean } = {}) {
  const database = await createDatabase();
  const { db } = database;
  const log: string[] = [];
  const logger = pino(
    new Writable({
      write(line: Buffer, _encoding, done) {
        log.push(line.toString());
        done();
      },
    }),
  );
  const keyring = createKeyring([SECRET], { settleMs: 0, keepMs: 900_000 });
  const tokens = createTokens({ keyring, issuer: ISSUER, ttlSeconds: 900 });
  const limiter = createRateLimiter(db, { enabled: rateLimit });
  const standings = createStandings(db);
  const confirmed = (sessionId: string) => isConfirmed(db, sessionId);
  const factors = {
    ...{ db, logger, limiter },
    sealer: createSealer([SECRET]),
    relyingParty: relyingPartyAt(ISSUER),
  };
  const merged: SessionHolder[] = [];
  const securityMails: Mail[] = [];

  const app: App = fastify({
    genReqId: correlationIdOf,
    trustProxy: true,
    schemaController: schemaCompilers(),
  }).withTypeProvider<TypeBoxTypeProvider>();
  correlate(app);
  validateStrictly(app);
  answerErrors(app, {
    logger,
    errorPage: (_request, { title }) => title,
  });
  app.decorateRequest('principal', null);
  app.decorateRequest('visitor', '');
  await app.register(multipart);
  await app.register(async (api: App) => {
    enforceAccess(api);
    forgetAfterChanges(api, standings.forget);
    bearerAuthentication(api, async (token) => standings.of(await tokens.verify(token)));
    identityRoutes(api, {
      db,
      logger,
      limiter,
      tokens,
      recentOrders: async (userId) => [{ of: userId }],
      orderSchema: Type.Object({ of: Type.String() }),
    });
    ownSessionsRoutes(api, { db, limiter, logger });
    factorRoutes(api, { ...factors, tokens });
    passkeyRoutes(api, { ...factors, tokens });
  });
  await app.register(async (pages: App) => {
    enforceAccess(pages, askToSignIn(pages));
    enforceStepUp(pages, { isConfirmed: confirmed, ask: askToConfirm(pages) });
    forgetAfterChanges(pages, standings.forget);
    const browser = await browserSessions(pages, {
      keyring,
      secure: false,
      sessionOf: (token) => sessionOf(db, token),
      sessionSeconds: LIFETIME.browser,
      onSignedIn: async (_request, principal) => void merged.push(principal),
      participantOf: async () => null,
    });
    const chromeOf: ChromeOf = async (request, reply) => ({
      user: request.principal,
      cartCount: 0,
      csrfToken: browser.csrfToken(request),
      flash: browser.takeFlash(request, reply),
    });
    identityPages(pages, {
      db,
      logger,
      limiter,
      browser,
      chromeOf,
      mailbox: true,
      otherWays: passkeySignIn,
    });
    ownSessionsPages(pages, { db, logger, limiter, browser, chromeOf });
    const factorPage = { ...factors, browser, chromeOf, otherProof: async () => null };
    factorPages(pages, { ...factorPage, staffMfa: 'optional', panel: async () => null });
    passkeyPages(pages, factorPage);
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });

  return {
    url,
    db,
    log,
    merged,
    tokens,

    /** Sends JSON; returns status, headers and the parsed body. */
    async api(
      method: string,
      path: string,
      { body, token, from }: { body?: unknown; token?: string; from?: string } = {},
    ) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(from === undefined ? {} : { 'x-forwarded-for': from }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? null : JSON.parse(text),
      };
    },

    /** Runs the reset jobs that wait, as the worker does, and returns the mails they sent. */
    async sendResetMails(): Promise<Mail[]> {
      const sent: Mail[] = [];
      const mailer = { send: async (mail: Mail) => void sent.push(mail) };
      const { rows } = await database.pool.query<{ payload: { email: string } }>(
        `DELETE FROM graphile_worker._private_jobs USING graphile_worker._private_tasks tasks
         WHERE tasks.id = task_id AND identifier = 'send_password_reset' RETURNING payload`,
      );
      for (const { payload } of rows)
        await sendPasswordReset(
          {
            db,
            logger,
            publicUrl: 'https://shop.example',
            sendMail: (mail) => sendPasswordResetMail(mailer, mail),
          },
          payload,
        );
      return sent;
    },

    /** Runs the jobs that tell owners what changed, as the worker does, and returns the mails to one address. */
    async securityMails(to: string): Promise<Mail[]> {
      const mailer = { send: async (mail: Mail) => void securityMails.push(mail) };
      const { rows } = await database.pool.query<{ payload: SecurityMailJob }>(
        `DELETE FROM graphile_worker._private_jobs USING graphile_worker._private_tasks tasks
         WHERE tasks.id = task_id AND identifier = 'send_security_mail' RETURNING payload`,
      );
      for (const { payload } of rows)
        await sendSecurityNotice(
          {
            db,
            publicUrl: 'https://shop.example',
            sendMail: (mail) => sendSecurityMail(mailer, mail),
          },
          payload,
        );
      return securityMails.filter((mail) => mail.to === to);
    },

    async stop() {
      await app.close();
      await database.drop();
    },
  };
}

/** The token in a mail's link. */
export function tokenIn(mail: Mail | undefined): string {
  return /token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
}
