import { type Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http';
import { type Agent as HttpsAgent, request as overHttps } from 'node:https';
import { assertPublic, publicLookup } from './public-ipv6.gateway.ts';
import type { WebhookAnswer } from './webhooks.model.ts';

/** Sends signed events to the addresses that administrators gave. */
export interface WebhookSender {
  /** Makes one attempt. Never rejects: whatever goes wrong is an answer. */
  send(message: OutgoingWebhook): Promise<WebhookAnswer>;
}

export interface OutgoingWebhook {
  readonly url: string;
  /** The event's, the same for every attempt: receivers know a repeated one by it. */
  readonly id: string;
  readonly body: string;
  /** Each signs: the secret, and the one before while it is still valid. */
  readonly secrets: readonly string[];
}

const TIMEOUT_MS = 10_000;
const MOST_READ_BYTES = 64 * 1024;
const MOST_KEPT_BYTES = 1024;

/**
 * A sender that follows no redirect, reads little and waits 10 seconds. Unless it is `insecure`, for development, it
 * speaks https alone and to public addresses alone; what a name resolves to is judged at the connection itself.
 */
export function createWebhookSender({ insecure }: { insecure: boolean }): WebhookSender {
  const filter = { allowPrivateIPAddress: insecure, allowMetaIPAddress: insecure };
  let agents: { http: HttpAgent; https: HttpsAgent } | undefined;

  /** Loaded once the first webhook is sent: many a shop sends none. A load that fails is tried again by the next one. */
  async function tools() {
    const [{ RequestFilteringHttpAgent, RequestFilteringHttpsAgent }, { Webhook }] =
      await Promise.all([import('request-filtering-agent'), import('standardwebhooks')]);
    agents ??= {
      http: new RequestFilteringHttpAgent(filter),
      https: new RequestFilteringHttpsAgent(filter),
    };
    return { ...agents, Webhook };
  }

  async function post(
    { url, id, body, secrets }: OutgoingWebhook,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const target = new URL(url);
    const overTls = target.protocol === 'https:';
    if (!overTls && !insecure) throw new Error('Only https is sent to.');
    if (!insecure) assertPublic(target.hostname);
    const { http, https, Webhook } = await tools();
    const sign: Sign = (secret, at) => new Webhook(secret).sign(id, at, body);
    return new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        signal,
        ...(insecure ? {} : { lookup: publicLookup }),
        headers: {
          'content-type': 'application/cloudevents+json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Mainstay-Webhooks/1',
          ...signatureHeaders(id, secrets, sign),
        },
      };
      const request = overTls
        ? overHttps(target, { ...options, agent: https })
        : overHttp(target, { ...options, agent: http });
      request.on('error', reject);
      request.on('response', resolve);
      // An answer of 101 is neither response nor error to Node: the connection ends, and nothing else is told.
      request.on('close', () => reject(new Error('The connection ended without an answer.')));
      request.end(body);
    });
  }

  return {
    async send(message) {
      const started = performance.now();
      const durationMs = () => Math.round(performance.now() - started);
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      try {
        const response = await post(message, signal);
        const status = response.statusCode ?? 0;
        const retryAfterMs = readRetryAfter(response.headers['retry-after']);
        const excerpt = await readExcerpt(response);
        const error = status >= 200 && status < 300 ? null : `It answered ${status}.`;
        return { status, error, retryAfterMs, excerpt, durationMs: durationMs() };
      } catch (error) {
        const reason = signal.aborted ? 'No whole answer came within 10 s.' : reasonOf(error);
        const nothing = { status: null, retryAfterMs: null, excerpt: null };
        return { ...nothing, error: reason, durationMs: durationMs() };
      }
    },
  };
}

type Sign = (secret: string, at: Date) => string;

/** The headers of Standard Webhooks; several signatures stand side by side, and one that fits is enough. */
function signatureHeaders(id: string, secrets: readonly string[], sign: Sign) {
  const now = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => sign(secret, now)).join(' '),
  };
}

/** The beginning of a response's body; one that goes on and on is cut off. */
async function readExcerpt(response: IncomingMessage): Promise<string> {
  const kept: Buffer[] = [];
  let read = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (read < MOST_KEPT_BYTES) kept.push(chunk.subarray(0, MOST_KEPT_BYTES - read));
    read += chunk.length;
    if (read >= MOST_READ_BYTES) break;
  }
  return storable(Buffer.concat(kept).toString('utf8'));
}

/** How long an answer asks to wait, in milliseconds: seconds or a date; null where it does not say. */
function readRetryAfter(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return storable(message || code || 'It could not be reached.').slice(0, 300);
}

/** PostgreSQL keeps no NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}
