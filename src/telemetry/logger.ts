import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { correlationId } from './context.ts';
import { ownCounts } from './own-counts.ts';
import { traceIds } from './spans.ts';

export type { Logger } from 'pino';

/** Lines are written together, the last ones after as many milliseconds: a call of the system for each would cost more. */
const WRITTEN_TOGETHER = { minLength: 15 * 1024, periodicFlush: 100 };
/** Lines that nobody has read yet; what comes beyond them is dropped and counted rather than held in memory. */
const MOST_UNREAD_BYTES = 16 * 1024 * 1024;

/**
 * The process's logger, which never holds up who logs: one JSON object a line on standard output, with `timestamp`
 * (ISO 8601 UTC), `level`, the correlation id of the work under way, and no personal data.
 */
export function createLogger(level: string): Logger {
  const lines = pino.destination({
    sync: false,
    maxLength: MOST_UNREAD_BYTES,
    ...WRITTEN_TOGETHER,
  });
  lines.on('drop', () => {
    ownCounts.linesDropped += 1;
  });
  const options: LoggerOptions = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const id = correlationId();
      return { ...(id === null ? {} : { correlationId: id }), ...traceIds() };
    },
    redact: {
      paths: [
        '*.password',
        '*.authorization',
        '*.cookie',
        '*.token',
        '*.refreshToken',
        'err.parameters',
      ],
      censor: '[redacted]',
    },
  };
  return pino(options, lines);
}

/**
 * Writes lines beside those of a logger, for what is logged so often that looking for secrets in it would be most of
 * its cost: the caller gives the members of the JSON object as text, with the correlation id and without secrets. What
 * is logged in one turn of the event loop is written together.
 */
export function plainLines(logger: Logger): (level: 'info' | 'error', members: string) => void {
  const lines = (logger as unknown as Record<symbol, DestinationStream>)[pino.symbols.streamSym];
  const clock = isoClock();
  let waiting: string[] = [];
  const write = (): void => {
    const together = waiting.join('');
    waiting = [];
    lines?.write(together);
  };
  return (level, members) => {
    if (!logger.isLevelEnabled(level)) return;
    if (waiting.length === 0) setImmediate(write);
    waiting.push(`{"level":"${level}","timestamp":"${clock()}",${members}${traceMembers()}}\n`);
  };
}

/** The time as ISO 8601 UTC, written once for each millisecond. */
function isoClock(): () => string {
  let last = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== last) {
      last = now;
      text = new Date(now).toISOString();
    }
    return text;
  };
}

function traceMembers(): string {
  const { trace_id, span_id } = traceIds();
  return trace_id === undefined ? '' : `,"trace_id":"${trace_id}","span_id":"${span_id}"`;
}
