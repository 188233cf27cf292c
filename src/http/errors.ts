import type { FastifyError } from 'fastify';
import { notFound, ShopError } from '../shared/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { App, Reply, Request } from './app-type.ts';
import { CORRELATION_HEADER } from './correlation.ts';
import { methodsOf } from './methods.ts';
import { type Problem, problemOf } from './problems.ts';
import { pathOf } from './request-log.ts';

/** Draws an error for a browser; the pages plug theirs in. */
export type ErrorPage = (request: Request, problem: Problem) => string | Promise<string>;

/** Answers every error: problem+json for programs, a page for browsers. Only our own failures are logged in full. */
export function answerErrors(
  app: App,
  { logger, errorPage }: { logger: Logger; errorPage: ErrorPage },
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answer(error, request, reply));
  const methodsAt = methodsOf(app);
  app.setNotFoundHandler((request, reply) => answer(nothingThere(request, reply), request, reply));
  // Before a body is read: where nothing takes it, it matters not what is wrong with it.
  app.addHook('preParsing', (request, reply, _payload, done) =>
    done(request.is404 ? nothingThere(request, reply) : null),
  );

  function nothingThere(request: Request, reply: Reply): ShopError {
    const methods = methodsAt(pathOf(request));
    // A file that is looked for and missing has a route, which takes this very method.
    if (methods.length === 0 || methods.includes(request.method)) return notFound('This address');
    reply.header('allow', methods.join(', '));
    return notAllowed(request, methods);
  }

  async function answer(error: unknown, request: Request, reply: Reply): Promise<Reply> {
    const { problem, retryAfterSeconds } = problemOf(error, request.id);
    request.problemCode = problem.code;
    if (problem.status >= 500)
      logger.error({ err: error, code: problem.code, correlationId: request.id }, 'request failed');
    reply.code(problem.status);
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    if (!wantsHtml(request))
      return reply.type('application/problem+json').serializer(JSON.stringify).send(problem);
    return reply.type('text/html; charset=utf-8').send(await errorPage(request, problem));
  }
}

/** Answers what is refused before there is a route: an address that is not a URL. */
export function refuseAddress(error: FastifyError, request: Request, reply: Reply): void {
  const { problem } = problemOf(error, request.id);
  reply
    .code(problem.status)
    .header(CORRELATION_HEADER, request.id)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem);
}

function notAllowed({ method }: Request, methods: readonly string[]): ShopError {
  return new ShopError(
    'method_not_allowed',
    `This address does not take ${method}, but ${methods.join(', ')}.`,
  );
}

function wantsHtml(request: Request): boolean {
  if (/^\/(api|health|metrics)(\/|$)/.test(pathOf(request))) return false;
  return (request.headers.accept ?? '').includes('text/html');
}
