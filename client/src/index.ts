import createClient, { type Client } from 'openapi-fetch';
import { type Retries, type Send, withRetries } from './retry.ts';
import { idempotentPosts, type paths } from './schema.ts';
import { createSession, type Session, type Tokens } from './session.ts';

export { MainstayError, orThrow } from './problem.ts';
export type * from './schema.ts';
export type { Session, Tokens };

export interface MainstayOptions {
  /** Of the shop, `https://shop.example`. */
  readonly baseUrl: string;
  /** An API key, or a token that somebody else keeps fresh. */
  readonly token?: string;
  /** Of a session that began earlier. */
  readonly tokens?: Tokens | null;
  /** Told of each change of the session's tokens: a refresh token works once, so keep the newest. */
  readonly onTokens?: (tokens: Tokens | null) => void;
  readonly retries?: Partial<Retries>;
  readonly fetch?: Send;
}

export type MainstayClient = Client<paths> & { readonly session: Session };

/**
 * A client of the shop's API, typed by its OpenAPI document. It refreshes its access token, sends every POST that
 * takes one with an `Idempotency-Key` (the caller's, or a new one), and tries again where that is safe.
 */
export function createMainstayClient({
  token,
  tokens = null,
  onTokens = () => undefined,
  retries,
  fetch: send = fetch,
  ...options
}: MainstayOptions): MainstayClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const patient = withRetries(send, { tries: 4, longestWaitMs: 30_000, ...retries });
  const { session, send: signed } = createSession(patient, { baseUrl, tokens, onTokens });
  const client = createClient<paths>({
    baseUrl,
    fetch: signed,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
  client.use({
    onRequest({ request, schemaPath }) {
      if (takesKey(request.method, schemaPath) && !request.headers.has('idempotency-key'))
        request.headers.set('idempotency-key', crypto.randomUUID());
      return request;
    },
  });
  return Object.assign(client, { session });
}

function takesKey(method: string, path: string): boolean {
  return method === 'POST' && idempotentPosts.some((taking) => taking === path);
}
