import type { Send } from './retry.ts';
import type { Account, Problem } from './schema.ts';

export type Tokens = Pick<Account, 'accessToken' | 'refreshToken'>;

export interface SessionOptions {
  readonly baseUrl: string;
  readonly tokens: Tokens | null;
  /** Told of each change: keep what it says, as a refresh token works once. */
  readonly onTokens: (tokens: Tokens | null) => void;
}

/** Who the requests are from. */
export interface Session {
  readonly tokens: Tokens | null;
  /** Goes on as who has just registered or signed in; `null`: as nobody. */
  use(account: Tokens | null): void;
}

/** Somebody whose session it is, and the refresh that their requests wait for. */
interface Holder {
  tokens: Tokens;
  refreshing?: Promise<Response | null> | undefined;
}

/**
 * Signs requests with an access token, and gets the next one when it has expired. A refresh token that comes twice
 * ends its session, so one request refreshes and the others wait for it, and a refresh is never sent again.
 */
export function createSession(send: Send, options: SessionOptions) {
  let holder: Holder | null = options.tokens && { tokens: options.tokens };
  const session: Session = {
    get tokens() {
      return holder?.tokens ?? null;
    },
    use(account) {
      holder = account && { tokens: tokensOf(account) };
      options.onTokens(session.tokens);
    },
  };

  const signed: Send = async (request) => {
    const mine = holder;
    if (request.headers.has('authorization') || mine === null) return send(request);
    const used = mine.tokens;
    const again = request.clone();
    const response = await send(withToken(request, used));
    if (!(await hasExpired(response))) return response;
    // Another request may have refreshed meanwhile.
    if (mine.tokens === used) {
      mine.refreshing ??= refresh(mine).finally(() => {
        mine.refreshing = undefined;
      });
      const refused = await orAborted(mine.refreshing, request.signal);
      if (refused !== null) return refused.clone();
    }
    // What one asked is not asked again as another, who signed in meanwhile.
    return holder === mine ? send(withToken(again, mine.tokens)) : response;
  };

  /** The answer of a shop that refreshes nothing for now, which leaves the session as it is; else null. */
  async function refresh(mine: Holder): Promise<Response | null> {
    const response = await send(
      new Request(`${options.baseUrl}/api/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken: mine.tokens.refreshToken }),
      }),
    );
    if (response.ok) mine.tokens = tokensOf((await response.json()) as Account);
    if (holder === mine && response.ok) options.onTokens(mine.tokens);
    else if (holder === mine && response.status === 401) session.use(null);
    return response.status === 429 || response.status >= 500 ? response : null;
  }

  return { session, send: signed };
}

function tokensOf({ accessToken, refreshToken }: Tokens): Tokens {
  return { accessToken, refreshToken };
}

function withToken(request: Request, { accessToken }: Tokens): Request {
  request.headers.set('authorization', `Bearer ${accessToken}`);
  return request;
}

/** What others wait for too, for as long as the signal allows. */
function orAborted<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    awaited.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Other refusals with 401 say that a password or code was wrong. */
async function hasExpired(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  // What stands in front of the shop may say 401 too, in words of its own.
  const problem = await (response.clone().json() as Promise<Problem>).catch(() => null);
  return problem?.code === 'unauthenticated';
}
