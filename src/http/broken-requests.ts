import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ShopError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { CORRELATION_HEADER } from './correlation.ts';
import { problemOf } from './problems.ts';

/** By the code of Node's HTTP parser or of its timeouts. */
const REFUSALS: Record<string, { reason: string; refusal: ShopError }> = {
  HPE_HEADER_OVERFLOW: {
    reason: 'too_large',
    refusal: new ShopError('headers_too_large', 'The headers of the request are too large.'),
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    reason: 'too_large',
    refusal: new ShopError('payload_too_large', 'The extensions of a chunk are too large.'),
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    reason: 'too_slow',
    refusal: new ShopError('request_timeout', 'The request came too slowly.'),
  },
};
const MALFORMED = {
  reason: 'malformed',
  refusal: new ShopError('validation_failed', 'This is no HTTP request.'),
};

/** Answers what never becomes a request (it breaks HTTP, is too large, or comes too slowly), and closes the connection. */
export function answerBrokenRequests(metrics: Pick<Metrics, 'connectionsRefused'>) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // Whoever reset the connection reads nothing; in the middle of an answer no second one can begin.
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswered(socket)) {
      socket.destroy();
      return;
    }
    const { reason, refusal } = REFUSALS[error.code ?? ''] ?? MALFORMED;
    metrics.connectionsRefused.inc({ reason });
    const { problem } = problemOf(refusal, newId());
    const body = JSON.stringify(problem);
    socket.end(
      [
        `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
        'content-type: application/problem+json',
        `content-length: ${Buffer.byteLength(body)}`,
        `${CORRELATION_HEADER}: ${problem.correlationId}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
    // One that goes on sending is not listened to for ever.
    socket.setTimeout(1000, () => socket.destroy());
  };
}

/** Whether Node has begun an answer on this connection; as its own handler of these errors sees it. */
function isAnswered(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as { _httpMessage?: { headersSent: boolean } | null };
  return answer?.headersSent === true;
}
