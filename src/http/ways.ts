import type { App, Reply, Request } from './app-type.ts';
import type { SessionHolder } from './principal.ts';

/** Sends the browser on with GET, after a form was handled. */
export function seeOther(reply: Reply, path: string): Reply {
  return reply.redirect(path, 303);
}

/** How long an address may be that is gone on to, in characters. */
export const MAX_NEXT_LENGTH = 2000;

/** A page's address that remembers where to come back to, unless that is too long. */
export function withWayBack(path: string, back: string): string {
  return withNext(path, back.length > MAX_NEXT_LENGTH ? undefined : back);
}

/** A page's address that remembers where to go on to. */
export function withNext(path: string, next: string | undefined): string {
  return next === undefined ? path : `${path}?next=${encodeURIComponent(next)}`;
}

/** Leads somebody who is signed in on to where they came from, or to where they work. */
export function moveOn(reply: Reply, { role }: SessionHolder, next: string | undefined): Reply {
  return seeOther(reply, localPath(next, role === 'customer' ? '/' : '/admin'));
}

/** A path of this shop from a `next` parameter; anything that could lead elsewhere becomes the fallback. */
export function localPath(next: string | undefined, fallback: string): string {
  const base = 'http://shop.invalid';
  if (!next?.startsWith('/') || !URL.canParse(next, base)) return fallback;
  // Parsed as a browser would, so that //host and /\\host are seen for what they are.
  const url = new URL(next, base);
  // What is left of /..//host is //host, which leads elsewhere.
  if (url.origin !== base || url.pathname.startsWith('//')) return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Answers who has to be signed in: they sign in first and come back, from a form to the page that it stands on. */
export function askToSignIn(app: App) {
  return (request: Request, reply: Reply): Reply =>
    seeOther(reply, withWayBack('/sign-in', pageOf(app, request)));
}

/**
 * What can be opened of an address: a page's own; for a form the page that it stands on, which is the nearest address
 * above it. With its query.
 */
export function pageOf(app: App, { routeOptions, url }: Request): string {
  const parts = (routeOptions.url ?? '/').split('/');
  const end = url.includes('?') ? url.indexOf('?') : url.length;
  const given = url.slice(0, end).split('/');
  for (let length = parts.length; length > 1; length -= 1) {
    const page = parts.slice(0, length).join('/');
    if (app.hasRoute({ method: 'GET', url: page }))
      return given.slice(0, length).join('/') + withoutToken(url.slice(end));
  }
  return '/';
}

/** The query of an address without the token that an upload carries there, which is not for addresses of pages. */
function withoutToken(query: string): string {
  return query.replace(/([?&])_csrf=[^&]*(&?)/, (_, before, after) => (after ? before : ''));
}
