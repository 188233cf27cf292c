import { createHash } from 'node:crypto';
import type { Answer } from './api-answer.ts';
import { ApiError } from './api-error.ts';
import type { StandInContext } from './context.ts';
import type { Transaction } from './store.ts';

/** What identifies a write and its repetitions. */
interface KeyedRequest {
  readonly key: string;
  /** Method and path. */
  readonly endpoint: string;
  /** The body as it was sent. */
  readonly body: string;
  readonly requestId: string;
}

/**
 * Stripe's idempotency keys: the first request under a key does the work and its answer is kept with
 * the effect, in one transaction; the same request again gets that answer.
 * Source: docs.stripe.com/api/idempotent_requests.
 */
export class Idempotency {
  readonly #context: StandInContext;
  readonly #running = new Set<string>();

  constructor(context: StandInContext) {
    this.#context = context;
  }

  /**
   * Does the work of a request once for its key. Errors found before the work began are not kept.
   * @param before waited for once the key is claimed; the work itself runs without interruption.
   * @throws ApiError 400 where the key was used for something else, 409 while it is in use.
   */
  async once(
    request: KeyedRequest,
    before: () => Promise<void>,
    work: (tx: Transaction) => object,
  ): Promise<Answer> {
    if (request.key.length > 255) {
      throw new ApiError('Idempotency keys have up to 255 characters.', {
        type: 'idempotency_error',
      });
    }
    const kept = this.#kept(request);
    if (kept) return kept;
    if (this.#running.has(request.key)) throw inUse(request.key);
    this.#running.add(request.key);
    try {
      await before();
      return await this.#run(request, work);
    } finally {
      this.#running.delete(request.key);
    }
  }

  #kept(request: KeyedRequest): Answer | null {
    const kept = this.#context.store.table('keptAnswers').get(request.key);
    if (kept === undefined || this.#running.has(request.key)) return null;
    if (kept.endpoint !== request.endpoint) {
      throw misused(
        `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${request.endpoint}' vs '${kept.endpoint}'). Try using a key other than '${request.key}' if you meant to execute a different request.`,
      );
    }
    if (kept.paramsHash !== hash(request.body)) {
      throw misused(
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${request.key}' if you meant to execute a different request.`,
      );
    }
    return { status: kept.status, body: kept.body, replayOf: kept.requestId };
  }

  async #run(request: KeyedRequest, work: (tx: Transaction) => object): Promise<Answer> {
    const { store } = this.#context;
    try {
      return await store.transact((tx) => {
        const answer = { status: 200, body: work(tx) };
        this.#keep(tx, request, answer);
        return answer;
      });
    } catch (error) {
      if (!(error instanceof ApiError && error.kept)) throw error;
      const answer = { status: error.status, body: error.body };
      await store.transact((tx) => this.#keep(tx, request, answer));
      return answer;
    }
  }

  #keep(tx: Transaction, request: KeyedRequest, answer: Answer): void {
    tx.put('keptAnswers', request.key, {
      key: request.key,
      endpoint: request.endpoint,
      paramsHash: hash(request.body),
      requestId: request.requestId,
      created: this.#context.now(),
      status: answer.status,
      body: answer.body,
    });
  }
}

function misused(message: string): ApiError {
  return new ApiError(message, { type: 'idempotency_error' });
}

function inUse(key: string): ApiError {
  return new ApiError(
    `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    { status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' },
  );
}

function hash(body: string): string {
  return createHash('sha256').update(body).digest('base64url');
}
