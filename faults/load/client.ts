import { Agent, request } from 'node:http';
import type { Random } from '../random.ts';
import { pause } from '../wait.ts';
import type { History } from './history.ts';

/** What came of one request. */
export type Reply =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Json }
  /** No process took the connection, so nothing happened. */
  | { readonly kind: 'refused' }
  /** Sent, perhaps: it may or may not have happened. */
  | { readonly kind: 'unknown'; readonly why: string };

/** A body of any shape. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Ask {
  readonly token?: string | undefined;
  readonly key?: string;
  readonly body?: unknown;
  /** Goes away in the middle, so many milliseconds after asking. */
  readonly leaveAfterMs?: number;
}

const TIMEOUT_MS = 12_000;
const GIVE_UP_MS = 60_000;

/** A client of several processes that serve the same shop: it tries the next when one refuses its connection. */
export class ShopClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #targets: () => readonly string[];
  readonly #random: Random;
  readonly #history: History;

  constructor(targets: () => readonly string[], random: Random, history: History) {
    this.#targets = targets;
    this.#random = random;
    this.#history = history;
  }

  /** Asks once; of processes that refuse the connection it tries each. */
  async ask(method: string, path: string, options: Ask = {}): Promise<Reply> {
    let reply: Reply = { kind: 'refused' };
    for (const target of this.#random.shuffle(this.#targets())) {
      reply = await this.#send(new URL(path, target), method, options);
      if (reply.kind !== 'refused') break;
    }
    this.#watch(method, path, reply);
    return reply;
  }

  /**
   * Asks the same again, as a good client does, until the answer is definite: not a refused or broken connection, not
   * "later", not a failure of the server. After a minute the last reply stands.
   */
  async askUntilDefinite(method: string, path: string, options: Ask = {}): Promise<Reply> {
    const deadline = performance.now() + GIVE_UP_MS;
    for (let tries = 1; ; tries += 1) {
      const reply = await this.ask(method, path, tries === 1 ? options : without(options));
      if (isDefinite(reply) || performance.now() > deadline) return reply;
      this.#history.count('retries');
      await pause(this.#random.integer(50, Math.min(2_000, 100 * 2 ** Math.min(tries, 5))));
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(url: URL, method: string, { token, key, body, leaveAfterMs }: Ask): Promise<Reply> {
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const text = body === undefined ? null : JSON.stringify(body);
    const outgoing = request(url, {
      method,
      agent: this.#agent,
      headers: {
        ...(text === null
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
    });
    const leave = (why: string) => {
      resolve({ kind: 'unknown', why });
      outgoing.destroy();
    };
    const timer = setTimeout(
      () => leave(leaveAfterMs === undefined ? 'timeout' : 'left'),
      leaveAfterMs ?? TIMEOUT_MS,
    );
    const fail = (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === 'ECONNREFUSED'
          ? { kind: 'refused' }
          : { kind: 'unknown', why: error.code ?? error.message },
      );
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const isJson = (response.headers['content-type'] ?? '').includes('json');
        const content = Buffer.concat(chunks).toString();
        resolve({ kind: 'answer', status, body: isJson ? JSON.parse(content) : content });
      });
    });
    outgoing.end(text ?? undefined);
    return promise.finally(() => clearTimeout(timer));
  }

  #watch(method: string, path: string, reply: Reply): void {
    if (reply.kind !== 'answer') this.#history.count(`connections ${reply.kind}`);
    else if (reply.status === 503) this.#history.count('answers 503');
    else if (reply.status >= 500) {
      this.#history.count(`answers ${reply.status}`);
      this.#history.wrongAnswers.push(
        `${method} ${path} was answered ${reply.status} (correlation id ${reply.body?.correlationId})`,
      );
    }
  }
}

/** Whether a reply says what became of the request. */
export function isDefinite(reply: Reply): reply is Extract<Reply, { kind: 'answer' }> {
  return (
    reply.kind === 'answer' &&
    reply.status < 500 &&
    reply.status !== 429 &&
    reply.body?.code !== 'idempotency_in_progress'
  );
}

/** A repeat is not left in the middle. */
function without({ leaveAfterMs: _left, ...options }: Ask): Ask {
  return options;
}
