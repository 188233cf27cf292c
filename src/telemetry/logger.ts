import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { correlationId } from './context.ts';
import { ownCounts } from './own-counts.ts';
import { traceIds } from './spans.ts';

export type { Logger } from 'pino';

/** Lines are written together, so much of them or after so long: a call of the system for each would cost more. */
const WRITTEN_TOGETHER = { characters: 15 * 1024, afterMs: 100 };
/** Lines that nobody has read yet; what comes beyond them is dropped and counted rather than held in memory. */
const MOST_UNREAD_BYTES = 16 * 1024 * 1024;
const AGAIN_AFTER_MS = 1000;

/**
 * The process's logger, which never holds up who logs: one JSON object a line on standard output, with `timestamp`
 * (ISO 8601 UTC), `level`, the correlation id of the work under way, and no personal data.
 */
export function createLogger(level: string): Logger {
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
      paths: ['*.password', '*.authorization', '*.cookie', '*.token', '*.refreshToken'],
      censor: '[redacted]',
    },
    serializers: { err: saidOf },
  };
  return pino(options, writtenTogether(standardOutput()));
}

/** What a failure may say beside its message. All else may quote rows or input, as PostgreSQL's `detail` does. */
const TELLING = [
  ...['code', 'severity', 'schema', 'table', 'column', 'constraint', 'routine'],
  ...['syscall', 'statusCode', 'requestId', 'responseCode'],
] as const;

function saidOf(error: Error): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { type, message, stack } = pino.stdSerializers.err(error);
  const said = TELLING.map((name) => [name, (error as Error & Record<string, unknown>)[name]]);
  return {
    ...{ type, message, stack },
    ...Object.fromEntries(said),
    ...(error instanceof AggregateError && { errors: error.errors.map(saidOf) }),
  };
}

/** Where lines go. What a full disk refuses waits like what nobody has read yet, and is tried again. */
function standardOutput(): ReturnType<typeof pino.destination> {
  const output = pino.destination({ sync: false, maxLength: MOST_UNREAD_BYTES });
  output.on('drop', (lines: string) => {
    ownCounts.linesDropped += lines.split('\n').length - 1;
  });
  let refused = false;
  output.on('error', () => {
    if (refused) return;
    refused = true;
    const trying = setInterval(() => {
      if (refused) output.write('');
      else clearInterval(trying);
    }, AGAIN_AFTER_MS);
    trying.unref();
  });
  output.on('write', () => {
    refused = false;
  });
  // The library tries for ever, and the process would not end.
  const flushSync = output.flushSync.bind(output);
  output.flushSync = () => {
    if (!refused) flushSync();
  };
  return output;
}

/** Hands lines on in few pieces; what waits when the process ends is written before that. */
function writtenTogether(output: ReturnType<typeof pino.destination>): DestinationStream {
  let waiting: string[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | undefined;
  const handOn = (): void => {
    clearTimeout(timer);
    const lines = waiting.join('');
    waiting = [];
    characters = 0;
    output.write(lines);
  };
  const atEnd = (): void => {
    if (waiting.length === 0) return;
    // Nobody would repeat a write that a full pipe refuses, were it begun beside the end.
    Object.assign(output, { sync: true });
    handOn();
    output.flushSync();
  };
  return {
    write(line) {
      // At the first line: a logger that says nothing listens to nothing.
      if (timer === undefined) process.on('exit', atEnd);
      if (waiting.length === 0) timer = setTimeout(handOn, WRITTEN_TOGETHER.afterMs);
      waiting.push(line);
      characters += line.length;
      if (characters >= WRITTEN_TOGETHER.characters) handOn();
    },
  };
}

/**
 * Writes lines beside those of a logger, for what is logged so often that looking for secrets in it would be most of
 * its cost: the caller gives the members of the JSON object as text, with the correlation id and without secrets.
 */
export function plainLines(logger: Logger): (level: 'info' | 'error', members: string) => void {
  const lines = (logger as unknown as Record<symbol, DestinationStream>)[pino.symbols.streamSym];
  const clock = isoClock();
  return (level, members) => {
    if (!logger.isLevelEnabled(level)) return;
    lines?.write(`{"level":"${level}","timestamp":"${clock()}",${members}${traceMembers()}}\n`);
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
