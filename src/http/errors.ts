import type { FastifyError } from 'fastify';
import { notFound } from '../shared/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { App, Reply, Request } from './app-type.ts';
import { CORRELATION_HEADER } from './correlation.ts';
import { type Problem, problemOf } from './problems.ts';

/** Draws an error for a browser; the pages plug theirs in. */
export type ErrorPage = (request: Request, problem: Problem) => string | Promise<string>;

/** Answers every error: problem+json for programs, a page for browsers. Only our own failures are logged in full. */
export function answerErrors(
  app: App,
  { logger, errorPage }: { logger: Logger; errorPage: ErrorPage },
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answer(error, request, reply));
  app.setNotFoundHandler((request, reply) => answer(notFound('This address'), request, reply));

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

function wantsHtml(request: Request): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  if (/^\/(api|health|metrics)(\/|$)/.test(path)) return false;
  return (request.headers.accept ?? '').includes('text/html');
}
