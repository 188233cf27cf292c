import '@fastify/cookie';
import type { Reads } from '../database/replicas/reads.ts';
import { type Since, sinceOf, sinceText } from '../database/replicas/wal-position.ts';
import type { App, Reply, Request } from './app-type.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What its reads must show, wherever they go. */
    since: Since;
  }
}

type Positions = Pick<Reads, 'replicated' | 'position'>;

export const POSITION_HEADER = 'mainstay-position';

/** Replicas that lack more than some seconds are not read from: what was written longer ago is on each of them. */
const COOKIE_SECONDS = 60;

/**
 * What programs have written, they see. Whoever sends a credential may have written a moment ago, and through another
 * process: their reads show all that is committed by now. Every answer to a write names its position; a program that
 * sends it along says by it what is enough for it to see.
 */
export function showProgramsTheirWrites(app: App, reads: Positions): void {
  if (!reads.replicated) return;
  app.addHook('onRequest', async (request) => {
    const { [POSITION_HEADER]: carried, authorization } = request.headers;
    const since = typeof carried === 'string' ? sinceOf(carried) : null;
    request.since = since ?? (authorization === undefined ? null : 'now');
  });
  app.addHook('onSend', async (request, reply) => {
    if (!mayHaveWritten(request, reply)) return;
    reply.header(POSITION_HEADER, sinceText(await positionAfter(reads)));
  });
}

/** What somebody has written in a browser, it sees: a cookie carries the position for a minute. */
export function showBrowsersTheirWrites(
  app: App,
  reads: Positions,
  { secure }: { secure: boolean },
): void {
  if (!reads.replicated) return;
  const name = `${secure ? '__Host-' : ''}mainstay_position`;
  app.addHook('onRequest', async (request) => {
    request.since = sinceOf(request.cookies[name]);
  });
  app.addHook('onSend', async (request, reply) => {
    if (!mayHaveWritten(request, reply)) return;
    reply.setCookie(name, sinceText(await positionAfter(reads)), {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure,
      maxAge: COOKIE_SECONDS,
    });
  });
}

/** What was refused wrote nothing that a list shows; what failed may have been committed all the same. */
function mayHaveWritten({ method }: Request, { statusCode }: Reply): boolean {
  const refused = statusCode >= 400 && statusCode < 500;
  return method !== 'GET' && method !== 'HEAD' && !refused;
}

/** A position after all that a request wrote. Where the primary does not tell, reads ask it anew. */
async function positionAfter(reads: Positions) {
  return reads.position().catch(() => 'now' as const);
}
