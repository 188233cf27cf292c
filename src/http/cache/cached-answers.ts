import type { Shown } from '../../database/changes.ts';
import type { Since } from '../../database/replicas/wal-position.ts';
import type { Reply, Request } from '../app-type.ts';
import { CORRELATION_HEADER } from '../correlation.ts';
import { pathOf, routeOf } from '../request-log.ts';
import type { AnswerCache, AnsweringRoute, Form } from './answer-cache.ts';
import { encodings, formOf } from './encoding.ts';

/** What the same address is answered with for everybody who is not signed in. */
export interface Cacheable<T> {
  /** Reads what `since` asks for. */
  load(since: Since): Promise<T>;
  /** What an answer shows. */
  shown(payload: T): Shown;
}

export type CachedAnswers = ReturnType<typeof cachedAnswers>;

/** Whoever keeps it asks again each time: what changes is seen at once. */
const FOR_ALL = 'public, no-cache';
const FOR_ONE = 'private, no-cache';

/** Answers the routes whose answers are kept. */
export function cachedAnswers(cache: AnswerCache) {
  const encodingFor = encodings();
  return {
    /**
     * Answers from memory, and keeps what it has to load. Whoever says who they are, or what they have seen, is
     * answered from the database, so that they see what they have just done, wherever they did it.
     */
    async answer<T>(request: Request, reply: Reply, { load, shown }: Cacheable<T>) {
      if (request.headers.authorization !== undefined || request.since !== null) {
        reply.header('cache-control', FOR_ONE);
        return load(request.since);
      }
      const answer = await cache.getOrLoad(request.url, async () => {
        // What is kept must show whatever was let go of before, on a replica too.
        const payload = await load('now');
        return {
          body: String(reply.serialize(payload)),
          shown: shown(payload),
          route: routeAt(request),
        };
      });
      const encoding = encodingFor(request.headers['accept-encoding']);
      const form = await formOf(answer, encoding);
      reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('etag', form.etag)
        .header('cache-control', FOR_ALL)
        .header('vary', 'accept-encoding');
      if (encoding !== 'identity' && form !== answer.plain)
        reply.header('content-encoding', encoding);
      form.headers ??= [...lasting(reply), 'content-length', String(form.body.length)];
      if (matches(request.headers['if-none-match'], form)) reply.code(304);
      // Node leaves it out of a 304, whose length must be that of the whole all the same.
      return reply.send(form.body);
    },
  };
}

function routeAt(request: Request): AnsweringRoute {
  const { routeClass } = request.routeOptions.config;
  if (!routeClass) throw new Error(`${routeOf(request)} is not limited, and so not kept`);
  return { template: routeOf(request), path: pathOf(request), routeClass };
}

/** Whether a client has the form already (RFC 9110, 13.1.2). */
export function matches(tags: string | undefined, { etag }: Form): boolean {
  if (tags === undefined) return false;
  return (
    tags === etag || tags.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()))
  );
}

/** What each answer has of its own. */
const OWN = new Set([CORRELATION_HEADER, 'ratelimit', 'ratelimit-policy']);

/** The headers that every answer with the same body bears. */
function lasting(reply: Reply): string[] {
  return Object.entries(reply.getHeaders())
    .filter(([name]) => !OWN.has(name))
    .flatMap(([name, value]) => [name, String(value)]);
}
