import { connect } from 'node:net';

/** What came back on a connection until it was closed, or until `enough` says so. */
export interface Heard {
  readonly text: string;
  /** Status codes of all the answers, in their order. */
  readonly statuses: readonly number[];
  /** The body of the first answer as JSON, where it is. */
  readonly problem: { code?: string; status?: number; correlationId?: string } | null;
  readonly closed: boolean;
  readonly ms: number;
}

/**
 * Sends bytes as they are on a connection of its own, piece after piece, and listens until the other side closes it,
 * until `answers` answers came, or until `patienceMs` are over.
 */
export function sendRaw(
  url: string,
  pieces: readonly (string | Buffer)[],
  {
    answers = Number.POSITIVE_INFINITY,
    patienceMs = 10_000,
    everyMs = 0,
  }: { answers?: number; patienceMs?: number; everyMs?: number } = {},
): Promise<Heard> {
  const { hostname, port } = new URL(url);
  const began = performance.now();
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const finish = (closed: boolean): void => {
      clearTimeout(patience);
      clearInterval(drip);
      socket.destroy();
      resolve({
        text,
        statuses: statusesIn(text),
        problem: problemIn(text),
        closed,
        ms: performance.now() - began,
      });
    };
    const patience = setTimeout(() => finish(false), patienceMs);
    const left = [...pieces];
    const sendNext = (): void => {
      const piece = left.shift();
      if (piece !== undefined && !socket.destroyed) socket.write(piece);
    };
    const drip = setInterval(sendNext, everyMs);
    if (everyMs === 0) {
      clearInterval(drip);
      while (left.length > 0) sendNext();
    } else sendNext();
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => {
      text += data;
      if (statusesIn(text).length >= answers) setTimeout(() => finish(false), 50);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish(true));
  });
}

function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

function problemIn(text: string): Heard['problem'] {
  const body = /\r\n\r\n(\{[\s\S]*?\})(?:HTTP\/1\.1|$)/.exec(text)?.[1];
  try {
    return body === undefined ? null : JSON.parse(body);
  } catch {
    return null;
  }
}
