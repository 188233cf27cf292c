import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { FastifyServerFactory } from 'fastify';
import { CORRELATION_HEADER, correlationIdOf } from '../correlation.ts';
import type { AnonymousLimit } from '../limits/limit-requests.ts';
import { POSITION_HEADER } from '../read-position.ts';
import type { RecordRequest } from '../request-log.ts';
import { SERVER_LIMITS } from '../server-limits.ts';
import type { Answer, AnswerCache, Form } from './answer-cache.ts';
import { matches } from './cached-answers.ts';
import { encodings, knownForm } from './encoding.ts';

export interface HotDeps {
  readonly cache: AnswerCache;
  readonly limit: AnonymousLimit;
  /** The address that a request comes from. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly record: RecordRequest;
}

export interface HotAnswers {
  readonly serverFactory: FastifyServerFactory;
  /** From here on what is in memory is answered from there. */
  open(deps: HotDeps): void;
  /** From here on everything goes the long way. */
  close(): void;
}

/**
 * A server that answers from memory, before the framework sees the request, what every visitor is answered alike:
 * with the headers, the limit, the log line and the measurements of the long way. Whatever is not in memory, or is
 * unusual, goes the long way.
 */
export function hotAnswers(options: ServerOptions): HotAnswers {
  let answer: ReturnType<typeof answerer> | null = null;
  return {
    serverFactory(listener) {
      const longWay = listener as RequestListener;
      return createServer(options, (request, response) => {
        if (answer === null) longWay(request, response);
        else answer(request, response, longWay);
      });
    },
    open(deps) {
      answer = answerer(deps);
    },
    close() {
      answer = null;
    },
  };
}

interface Hit {
  readonly answer: Answer;
  readonly form: Form;
  readonly headers: readonly string[];
}

function answerer({ cache, limit, addressOf, record }: HotDeps) {
  const encodingFor = encodings();

  return (request: IncomingMessage, response: ServerResponse, longWay: RequestListener): void => {
    const began = performance.now();
    const hit = lookUp(request);
    if (hit === null) {
      longWay(request, response);
      return;
    }
    const limits = limit(hit.answer.route.routeClass, addressOf(request));
    if (limits instanceof Promise)
      void limits.then((late) => {
        // What was there before may have been let go of meanwhile.
        const still = late && lookUp(request);
        if (still) send(request, response, still, late, began);
        else longWay(request, response);
      });
    else if (limits === null) longWay(request, response);
    else send(request, response, hit, limits, began);
  };

  function lookUp(request: IncomingMessage): Hit | null {
    const { method, url = '', headers, rawHeaders } = request;
    if (method !== 'GET' || headers.authorization !== undefined) return null;
    if (headers[POSITION_HEADER] !== undefined) return null;
    // What the long way may refuse, it is asked about.
    if (headers['content-encoding'] !== undefined) return null;
    if (rawHeaders.length > 2 * SERVER_LIMITS.headers) return null;
    const answer = cache.get(url);
    const form = answer && knownForm(answer, encodingFor(headers['accept-encoding']));
    return answer && form?.headers ? { answer, form, headers: form.headers } : null;
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    { answer: { route }, form, headers }: Hit,
    limits: readonly string[],
    began: number,
  ): void {
    const correlationId = correlationIdOf(request);
    const same = matches(request.headers['if-none-match'], form);
    const status = same ? 304 : 200;
    response.writeHead(status, [...headers, CORRELATION_HEADER, correlationId, ...limits]);
    response.end(same ? undefined : form.body);
    record({
      method: 'GET',
      path: route.path,
      route: route.template,
      status,
      durationMs: performance.now() - began,
      correlationId,
    });
  }
}
