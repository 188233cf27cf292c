import { type Logger, pino } from 'pino';
import { correlationId } from './context.ts';
import { traceIds } from './spans.ts';

export type { Logger } from 'pino';

/**
 * The process's logger: one JSON object a line on standard output, with `timestamp` (ISO 8601 UTC), `level`,
 * the correlation id of the work under way, and no personal data.
 */
export function createLogger(level: string): Logger {
  return pino({
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
  });
}
