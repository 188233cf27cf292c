export interface Retries {
  /** How often one request is sent at most. */
  readonly tries: number;
  /** A longer wait is not begun, in milliseconds: the caller gets the answer instead. */
  readonly longestWaitMs: number;
}

export type Send = (request: Request) => Promise<Response>;

const FIRST_BACKOFF_MS = 200;

/**
 * Sends a request again where that is safe: what was turned away unread (429), and what may be repeated (reading, or
 * under an idempotency key) where the shop was away, was busy with it, or its answer was lost. Retry-After is obeyed.
 */
export function withRetries(send: Send, { tries, longestWaitMs }: Retries): Send {
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      // A body can be read once: each try but the last has its own.
      const last = attempt >= tries;
      const outcome = await settle(send, last ? request : request.clone());
      const wait = last ? null : waitAfter(outcome, request, attempt);
      if (wait === null || wait > longestWaitMs || request.signal.aborted) return open(outcome);
      // An answer that nobody reads holds its connection.
      if ('response' in outcome) await outcome.response.body?.cancel();
      await pause(wait, request.signal);
    }
  };
}

type Outcome = { readonly response: Response } | { readonly failure: unknown };

function settle(send: Send, request: Request): Promise<Outcome> {
  return send(request).then(
    (response) => ({ response }),
    (failure: unknown) => ({ failure }),
  );
}

function open(outcome: Outcome): Response {
  if ('failure' in outcome) throw outcome.failure;
  return outcome.response;
}

/** How long to wait before the next try, in milliseconds; null: there is none. */
function waitAfter(outcome: Outcome, request: Request, attempt: number): number | null {
  const repeatable =
    request.method === 'GET' || request.method === 'HEAD' || request.headers.has('idempotency-key');
  const backoff = Math.random() * FIRST_BACKOFF_MS * 2 ** attempt;
  if ('failure' in outcome) return repeatable ? backoff : null;
  const { status, headers } = outcome.response;
  const asked = readRetryAfter(headers.get('retry-after'));
  // Those who were told the same moment do not all come in it.
  const told = asked === null ? null : asked + backoff;
  if (status === 429) return told ?? backoff;
  if (status === 503) return repeatable ? (told ?? backoff) : null;
  // The first request under this key is still at work.
  if (status === 409) return repeatable ? told : null;
  return null;
}

/** Seconds or a date, as milliseconds from now. */
function readRetryAfter(value: string | null): number | null {
  if (value === null) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
