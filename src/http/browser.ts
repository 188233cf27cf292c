import { randomBytes, randomUUID } from 'node:crypto';
import cookie, { type CookieSerializeOptions } from '@fastify/cookie';
import formbody from '@fastify/formbody';
import type { Keyring } from '../secrets/keyring.ts';
import type { App, Reply, Request } from './app-type.ts';
import type { Flash } from './components.views.ts';
import type { Html } from './html.ts';
import { introduceBrowser, knownBrowser } from './known-browser.ts';
import type { Chrome } from './layout.views.ts';
import { assertOwnForm, csrfToken } from './own-forms.ts';
import type { Principal, SessionHolder } from './principal.ts';
import { moveOn } from './ways.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The random secret in this browser's cookie: names its guest cart and binds its forms. */
    visitor: string;
  }
}

/** What the pages need from the modules, given by the composition root. */
export interface BrowserDeps {
  /** Binds forms to browsers. */
  readonly keyring: Keyring;
  /** Whether the shop is served over https, so that cookies get `Secure` and `__Host-`. */
  readonly secure: boolean;
  readonly sessionOf: (token: string) => Promise<Principal | null>;
  /** How long a session's cookie is kept, in seconds. */
  readonly sessionSeconds: number;
  /** What else happens when a browser signs in, before it moves on: its guest cart is merged. */
  readonly onSignedIn: (request: Request, holder: SessionHolder) => Promise<void>;
  /** The part in roll-outs that somebody who signed in has, given their browser's until now; null: their own id's. */
  readonly participantOf: (browsersId: string | null, userId: string) => Promise<string | null>;
}

const YEAR = 365 * 24 * 3600;
const HALF_A_YEAR = YEAR / 2;
/** A random UUID (RFC 9562), which no id of a customer is. */
const RANDOM_ID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const names = (secure: boolean) => {
  const prefix = secure ? '__Host-' : '';
  return {
    session: `${prefix}mainstay_session`,
    visitor: `${prefix}mainstay_visitor`,
    flash: `${prefix}mainstay_flash`,
    challenge: `${prefix}mainstay_challenge`,
    known: `${prefix}mainstay_known`,
    participant: `${prefix}mainstay_participant`,
  };
};

export type Browser = Awaited<ReturnType<typeof browserSessions>>;

/**
 * Sessions of the pages: HTTP-only SameSite cookies, forms bound to the browser by a token, and foreign origins
 * refused. Returns what controllers use to sign a browser in and out and to leave a message for the next page.
 */
export async function browserSessions(app: App, deps: BrowserDeps) {
  const cookies = names(deps.secure);
  const options: CookieSerializeOptions = {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: deps.secure,
  };
  await app.register(cookie);
  await app.register(formbody, { bodyLimit: 256 * 1024 });

  app.addHook('onRequest', async (request, reply) => {
    const known = request.cookies[cookies.visitor];
    request.visitor = known && /^[\w-]{43}$/.test(known) ? known : newVisitor(reply);
    const token = request.cookies[cookies.session];
    request.principal = token ? await deps.sessionOf(token) : null;
    // A page shows one person's cart and session: shared caches must not keep it.
    reply.header('cache-control', 'private, no-store');
  });

  // Before a form's fields are looked at.
  app.addHook('preValidation', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const keepsCookies = request.cookies[cookies.visitor] !== undefined;
    assertOwnForm(request, deps.keyring, { keepsCookies });
  });

  function newVisitor(reply: Reply): string {
    const visitor = randomBytes(32).toString('base64url');
    reply.setCookie(cookies.visitor, visitor, { ...options, maxAge: YEAR });
    return visitor;
  }

  function participant(request: Request): string | null {
    const kept = request.cookies[cookies.participant];
    return kept !== undefined && RANDOM_ID.test(kept) ? kept : null;
  }

  function keepParticipant(reply: Reply, id: string | null): void {
    if (id === null) reply.clearCookie(cookies.participant, options);
    else reply.setCookie(cookies.participant, id, { ...options, maxAge: HALF_A_YEAR });
  }

  const knownAs = (request: Request, email: string) =>
    knownBrowser(deps.keyring, email, request.cookies[cookies.known]);

  return {
    /** The name of a browser in which an account was signed in to before; null for any other. */
    knownAs,

    csrfToken: (request: Request) => csrfToken(request.visitor, deps.keyring),

    /** Signs the browser in: puts its session's token into it and leads it on. */
    async enter(
      request: Request,
      reply: Reply,
      { token, principal }: { token: string; principal: SessionHolder },
      next: string | undefined,
    ): Promise<Reply> {
      await deps.onSignedIn(request, principal);
      reply.setCookie(cookies.session, token, { ...options, maxAge: deps.sessionSeconds });
      reply.clearCookie(cookies.challenge, options);
      const part = participant(request);
      const theirs = await deps.participantOf(part, principal.userId);
      if (part !== null || theirs !== null) keepParticipant(reply, theirs);
      if (knownAs(request, principal.email) === null)
        reply.setCookie(cookies.known, introduceBrowser(deps.keyring, principal.email), {
          ...options,
          maxAge: YEAR,
        });
      return moveOn(reply, principal, next);
    },

    /** Keeps what the browser was asked and has yet to answer: the second step of a sign-in. */
    keepChallenge(reply: Reply, token: string, maxAgeSeconds: number): void {
      reply.setCookie(cookies.challenge, token, { ...options, maxAge: maxAgeSeconds });
    },

    /** The token of what the browser has yet to answer, or null. */
    challenge: (request: Request): string | null => request.cookies[cookies.challenge] ?? null,

    /** Forgets session and visitor, so that the next person at this browser starts anew. */
    signOut(reply: Reply): void {
      reply.clearCookie(cookies.session, options);
      keepParticipant(reply, null);
      newVisitor(reply);
    },

    /**
     * What keeps a browser in its part of roll-outs and experiments. The cookie is made here, for who is not signed in
     * and asked for something that is rolled out: nobody else gets one.
     */
    participant(request: Request, reply: Reply): string {
      const known = participant(request) ?? request.principal?.userId;
      if (known !== undefined) return known;
      const made = randomUUID();
      keepParticipant(reply, made);
      // For what else this request asks for.
      request.cookies[cookies.participant] = made;
      return made;
    },

    /** The token of the browser's session, or null. */
    sessionToken: (request: Request): string | null => request.cookies[cookies.session] ?? null,

    /** Leaves a message that the next page shows once. */
    flash(reply: Reply, flash: Flash): void {
      const value = Buffer.from(JSON.stringify(flash)).toString('base64url');
      reply.setCookie(cookies.flash, value, { ...options, maxAge: 60 });
    },

    /** Takes the message left for this page. */
    takeFlash(request: Request, reply: Reply): Flash | undefined {
      const value = request.cookies[cookies.flash];
      if (value === undefined) return undefined;
      reply.clearCookie(cookies.flash, options);
      return readFlash(value);
    },
  };
}

/** Draws the chrome of a page for a request. */
export type ChromeOf = (request: Request, reply: Reply) => Promise<Chrome>;

/** What the controllers of pages are given to answer a browser with. */
export interface PageDeps {
  readonly browser: Browser;
  readonly chromeOf: ChromeOf;
}

/** Sends a page. */
export function sendPage(reply: Reply, page: Html, status = 200): Reply {
  return reply.code(status).type('text/html; charset=utf-8').send(page.toString());
}

function readFlash(value: string): Flash | undefined {
  try {
    const { kind, text }: Record<string, unknown> = JSON.parse(
      Buffer.from(value, 'base64url').toString('utf8'),
    );
    if (typeof text !== 'string') return undefined;
    return { kind: kind === 'error' || kind === 'success' ? kind : 'info', text };
  } catch {
    return undefined;
  }
}
