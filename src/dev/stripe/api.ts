import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, errorAnswer, prepareHeaders, sendAnswer } from './api-answer.ts';
import type { ReadHandler, WriteHandler } from './api-call.ts';
import { ApiError } from './api-error.ts';
import { dropConnection, type RequestFate, staySilent, strikeRequest } from './api-faults.ts';
import { checkApiKey } from './api-key.ts';
import type { StandInContext } from './context.ts';
import { expand, type LookUp } from './expand.ts';
import { decodeForm } from './form.ts';
import { Idempotency } from './idempotency.ts';
import { Params } from './params.ts';
import type { Transaction } from './store.ts';

/** Registers routes of Stripe's API, each with keys, faults, expansion and error answers. */
export class Api {
  readonly #app: FastifyInstance;
  readonly #context: StandInContext;
  readonly #idempotency: Idempotency;

  constructor(app: FastifyInstance, context: StandInContext) {
    this.#app = app;
    this.#context = context;
    this.#idempotency = new Idempotency(context);
  }

  /** A route that only reads. */
  read(path: string, handler: ReadHandler): void {
    this.#app.get(path, (request, reply) =>
      this.#serve(request, reply, async (fate) => {
        const params = new Params(decodeForm(queryOf(request)));
        await fate.before();
        const body = answered(params, handler({ params, id: idOf(request) }), (table, id) =>
          this.#context.store.table(table).get(id),
        );
        await this.#context.store.settled();
        return { status: 200, body };
      }),
    );
  }

  /** A route that changes something, under Stripe's idempotency keys. */
  write(path: string, handler: WriteHandler): void {
    this.#app.post(path, (request, reply) =>
      this.#serve(request, reply, async (fate, requestId) => {
        const body = formOf(request);
        const params = new Params(decodeForm(body));
        const key = request.headers['idempotency-key'];
        const name = typeof key === 'string' && key !== '' ? key : null;
        const cause = { id: requestId, idempotency_key: name };
        const work = (tx: Transaction) =>
          answered(params, handler({ params, id: idOf(request), tx, cause }), (table, id) =>
            tx.get(table, id),
          );
        if (name !== null) {
          const keyed = { key: name, endpoint: lineOf(request), body, requestId };
          return this.#idempotency.once(keyed, fate.before, work);
        }
        await fate.before();
        return { status: 200, body: await this.#context.store.transact(work) };
      }),
    );
  }

  async #serve(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (fate: RequestFate, requestId: string) => Promise<Answer>,
  ): Promise<FastifyReply> {
    const requestId = prepareHeaders(request, reply);
    const log = (outcome: string) =>
      this.#context.log(`${lineOf(request)} ${outcome} ${requestId}`);
    let fate: RequestFate | null;
    let answer: Answer;
    try {
      fate = strikeRequest(this.#context.faults, lineOf(request));
      if (fate === null) {
        log('dropped before work');
        dropConnection(reply);
        return reply;
      }
      checkApiKey(request.headers.authorization);
      answer = await work(fate, requestId);
    } catch (error) {
      if (!(error instanceof ApiError)) this.#context.log(`${lineOf(request)} failed: ${error}`);
      fate = null;
      answer = errorAnswer(error);
    }
    log(
      fate === null || fate.afterWork === 'answer' ? String(answer.status) : 'done, not answered',
    );
    if (fate?.afterWork === 'drop') dropConnection(reply);
    else if (fate?.afterWork === 'silence') staySilent(reply);
    else sendAnswer(reply, answer);
    return reply;
  }
}

function answered(params: Params, body: object, lookUp: LookUp): object {
  const paths = params.texts('expand');
  params.rejectUnread();
  return expand(lookUp, body, paths);
}

function formOf(request: FastifyRequest): string {
  if (typeof request.body === 'string') return request.body;
  if (request.body === undefined || request.body === null) return '';
  throw new ApiError(
    'Invalid request: bodies are form-encoded (application/x-www-form-urlencoded).',
  );
}

function idOf(request: FastifyRequest): string {
  const { id } = request.params as { id?: string };
  return id ?? '';
}

function lineOf(request: FastifyRequest): string {
  return `${request.method} ${request.url.split('?')[0]}`;
}

function queryOf(request: FastifyRequest): string {
  return request.url.split('?')[1] ?? '';
}
