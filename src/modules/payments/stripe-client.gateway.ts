import { createRequire } from 'node:module';
import type Stripe from 'stripe';
import type { Failure } from '../../resilience/failure.ts';

const require = createRequire(import.meta.url);

/** Stripe's SDK, a tenth of what a start would load, once it is first needed. */
const sdk = (): typeof Stripe => require('stripe');

/**
 * Stripe's SDK as the guard around it needs it, made when it is first asked for: it never tries again by itself, and
 * gives a try up when the guard does.
 */
export function createStripeClient(config: StripeAccess, tryMs: number): () => Stripe {
  let made: Stripe | null = null;
  return () => {
    made ??= makeClient(config, tryMs);
    return made;
  };
}

function makeClient(config: StripeAccess, tryMs: number): Stripe {
  const Client = sdk();
  // Without a key of its own: each call is signed with the one of its moment.
  return new Client('', {
    authenticator: async (request) => {
      request.headers.Authorization = `Bearer ${config.secretKey}`;
    },
    ...(config.apiBase ? addressOf(config.apiBase) : {}),
    httpClient: withoutRetries(Client.createNodeHttpClient()),
    timeout: tryMs,
    maxNetworkRetries: 0,
    telemetry: false,
    appInfo: { name: 'Mainstay' },
  });
}

interface StripeAccess {
  /** Read for every call: it may be rolled. */
  readonly secretKey: string;
  /** null: Stripe itself. */
  readonly apiBase: string | null;
}

const BUSY_MS = 500;

/** What a failed call says of Stripe: an answer that a retry will not change, or trouble. */
export function stripeFailure(error: unknown): Failure {
  if (!isOfStripe(error)) return { kind: 'refused' };
  const { statusCode: status, headers } = error;
  const advice = headers?.['stripe-should-retry'];
  const trouble = status === undefined || status === 409 || status === 429 || status >= 500;
  if (!trouble && advice !== 'true') return { kind: 'refused' };
  const asked = Number(headers?.['retry-after']);
  const retry = advice !== 'false';
  // The first request with this key is under way: customers who race themselves say nothing of Stripe's health.
  if (status === 409) return { kind: 'busy', retry, retryAfterMs: BUSY_MS };
  const retryAfterMs = status !== 429 ? null : Number.isFinite(asked) ? asked * 1000 : 0;
  return { kind: 'failed', retry, retryAfterMs };
}

type StripeError = InstanceType<typeof Stripe.errors.StripeError>;

/** Whether a call failed by what Stripe answered, or did not. */
export function isOfStripe(error: unknown): error is StripeError {
  return error instanceof sdk().errors.StripeError;
}

/** Whether Stripe said no to what was asked, rather than to who asks (a wrong key) or to when. */
export function isRefusal(error: unknown): error is StripeError {
  if (!isOfStripe(error)) return false;
  const { statusCode: status } = error;
  const ofUs = status === 401 || status === 403;
  return status !== undefined && !ofUs && stripeFailure(error).kind === 'refused';
}

/** The SDK repeats a request whose connection closed even when told never to; it knows them by their code. */
function withoutRetries(client: Stripe.HttpClient): Stripe.HttpClient {
  return {
    getClientName: () => client.getClientName(),
    async makeRequest(...request) {
      try {
        return await client.makeRequest(...request);
      } catch (cause) {
        const code = (cause as NodeJS.ErrnoException).code ?? '';
        if (!sdk().HttpClient.CONNECTION_CLOSED_ERROR_CODES.includes(code)) throw cause;
        throw new Error(`the connection to Stripe closed (${code})`, { cause });
      }
    },
  };
}

function addressOf(base: string) {
  const url = new URL(base);
  const secure = url.protocol === 'https:';
  return {
    host: url.hostname,
    port: url.port || (secure ? '443' : '80'),
    protocol: secure ? ('https' as const) : ('http' as const),
  };
}
