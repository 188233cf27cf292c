import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { Refused } from './outcome.ts';

export interface Heard {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks on a connection of its own: one that was kept would lead to the worker of a proxy that is about to end.
 * @throws Refused where there is no whole answer within `timeoutMs`
 */
export function ask(
  url: string,
  { headers = {}, timeoutMs = 5000 }: { headers?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Heard> {
  const { promise, resolve, reject } = Promise.withResolvers<Heard>();
  const fail = ({ message }: Error) => reject(new Refused(`${url}: ${message}`));
  const send = url.startsWith('https:') ? requestTls : request;
  const asked = send(
    url,
    { agent: false, headers, signal: AbortSignal.timeout(timeoutMs) },
    (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        body += chunk;
      });
      answer.on('error', fail);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    },
  );
  asked.on('error', fail).end();
  return promise;
}
