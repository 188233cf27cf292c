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

/**
 * Signs requests with an access token, and gets the next one when it has expired. A refresh token that comes twice
 * ends its session, so one request refreshes and the others wait for it, and a refresh is never sent again.
 */
export function createSession(send: Send, options: SessionOptions) {
  let tokens = options.tokens;
  let refreshing: Promise<void> | undefined;
  const session: Session = {
    get tokens() {
      return tokens;
    },
    use(account) {
      tokens = account && {
        accessToken: account.accessToken,
        refreshToken: account.refreshToken,
      };
      options.onTokens(tokens);
    },
  };

  const signed: Send = async (request) => {
    if (request.headers.has('authorization') || tokens === null) return send(request);
    const used = tokens;
    const again = request.clone();
    const response = await send(withToken(request, used));
    if (!(await hasExpired(response))) return response;
    // Another request may have refreshed meanwhile.
    if (tokens === used) {
      refreshing ??= refresh(used).finally(() => {
        refreshing = undefined;
      });
      await refreshing;
    }
    return tokens === null ? response : send(withToken(again, tokens));
  };

  async function refresh({ refreshToken }: Tokens): Promise<void> {
    const response = await send(
      new Request(`${options.baseUrl}/api/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken }),
      }),
    );
    if (response.ok) session.use((await response.json()) as Account);
    else if (response.status === 401) session.use(null);
  }

  return { session, send: signed };
}

function withToken(request: Request, { accessToken }: Tokens): Request {
  request.headers.set('authorization', `Bearer ${accessToken}`);
  return request;
}

/** Other refusals with 401 say that a password or code was wrong. */
async function hasExpired(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const problem = (await response.clone().json()) as Problem;
  return problem.code === 'unauthenticated';
}
