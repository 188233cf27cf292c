import { Agent, type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** One request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What came back; the status is 0 where nothing did. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly error?: string;
}

/** Far longer than anything takes on a machine that is busy. */
const PATIENCE_MS = 20_000;

/** Sends requests one after another on connections that stay open. */
export function createClient(origin: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const send = ({ method, url, headers, body }: WireRequest): Promise<WireAnswer> =>
    new Promise((resolve) => {
      const length = body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` };
      const outgoing = request(origin + url, {
        ...{ method, agent, timeout: PATIENCE_MS },
        headers: { ...headers, ...length },
      });
      outgoing.on('response', async (response) => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text: await textOf(unpacked(response)) });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
      outgoing.on('error', ({ message }) =>
        resolve({ status: 0, headers: {}, text: '', error: message }),
      );
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
}

function unpacked(response: IncomingMessage): NodeJS.ReadableStream {
  const coding = response.headers['content-encoding'];
  if (coding === 'br') return response.pipe(createBrotliDecompress());
  if (coding === 'deflate') return response.pipe(createInflate());
  return coding === 'gzip' ? response.pipe(createGunzip()) : response;
}
