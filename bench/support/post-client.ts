import { connect, type Socket } from 'node:net';

/** What a load of requests came to. */
export interface Posted {
  readonly answers: number;
  readonly seconds: number;
  /** Milliseconds that each answer took, in no order. */
  readonly took: readonly number[];
  /** How often each status answered. */
  readonly statuses: Readonly<Record<number, number>>;
}

/**
 * Sends requests over so many connections that stay open, one at a time over each, until `next` has none more. It does
 * next to nothing beside, since what it takes of the processors the shop of the same machine does not have: a request
 * costs it half of what it costs a whole HTTP client. Answers must have a Content-Length.
 * @throws Error when a connection breaks.
 */
export async function postAll(
  url: string,
  { connections, next }: { connections: number; next: () => string | null },
): Promise<Posted> {
  const { hostname, port } = new URL(url);
  const took: number[] = [];
  const statuses: Record<number, number> = {};
  const began = performance.now();
  const answered = (status: number, ms: number): void => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    took.push(ms);
  };
  const work = Array.from({ length: connections }, () =>
    postOver(connect({ host: hostname, port: Number(port), noDelay: true }), next, answered),
  );
  await Promise.all(work);
  return { answers: took.length, seconds: (performance.now() - began) / 1000, took, statuses };
}

function postOver(
  socket: Socket,
  next: () => string | null,
  answered: (status: number, ms: number) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let sentAt = 0;
  let waiting = '';
  const send = (): void => {
    const request = next();
    if (request === null) {
      socket.end();
      resolve();
      return;
    }
    sentAt = performance.now();
    socket.write(request, 'latin1');
  };
  socket.setEncoding('latin1');
  socket.on('connect', send);
  socket.on('data', (text: string) => {
    waiting += text;
    const head = waiting.indexOf('\r\n\r\n');
    if (head === -1 || waiting.length < head + 4 + lengthOf(waiting.slice(0, head))) return;
    const status = Number(waiting.slice(9, 12));
    waiting = '';
    answered(status, performance.now() - sentAt);
    send();
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('a connection broke')));
  return promise;
}

function lengthOf(head: string): number {
  return Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
}
