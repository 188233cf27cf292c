import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { FastifyServerFactory } from 'fastify';
import type { traceRequest } from '../../telemetry/spans.ts';
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
  /** Follows a request in a span; null where nothing is traced. */
  readonly follow: typeof traceRequest | null;
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
 * with the headers, the limit, the log line, the measurements and the span of the long way. Whatever is not in memory, or is
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

function answerer({ cache, limit, addressOf, record, follow }: HotDeps) {
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
    const { template, path } = route;
    const about = { method: 'GET', route: template, path, correlationId: correlationIdOf(request) };
    const same = matches(request.headers['if-none-match'], form);
    const status = same ? 304 : 200;
    const answer = (): void => {
      const own = [CORRELATION_HEADER, about.correlationId];
      response.writeHead(status, [...headers, ...own, ...limits]);
      if (same) response.end();
      else response.end(form.text ?? form.body, 'latin1');
      record({ ...about, status, durationMs: performance.now() - began });
    };
    const trace = follow?.(request.headers, about);
    if (trace) trace.run(answer);
    else answer();
    trace?.end(status);
  }
}
