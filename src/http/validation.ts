import { isUtf8 } from 'node:buffer';
import { Ajv, type Options } from 'ajv';
import addFormats from 'ajv-formats';
import secureJson from 'secure-json-parse';
import { invalid, ShopError } from '../shared/errors.ts';
import type { App } from './app-type.ts';

/**
 * Strict input: JSON bodies are checked as sent (no coercion, unknown fields refused); only what comes as text
 * by nature (query, path, headers) is coerced. NUL characters and invalid UTF-8, which PostgreSQL cannot store,
 * are refused everywhere.
 */
export function validateStrictly(app: App): void {
  const options: Options = { allErrors: true, removeAdditional: false, useDefaults: true };
  const bodies = addFormats.default(new Ajv({ ...options, coerceTypes: false }));
  const texts = addFormats.default(new Ajv({ ...options, coerceTypes: 'array' }));
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? bodies : texts).compile(schema as object),
  );

  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });

  app.addHook('preValidation', (request, _reply, done) => {
    const place = [
      ['query', request.query],
      ['path', request.params],
      ['body', Buffer.isBuffer(request.body) ? null : request.body],
    ].find(([, value]) => holdsNul(value));
    done(place ? invalid(String(place[0]), 'NUL characters are not allowed.') : undefined);
  });
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new ShopError('validation_failed', 'The body is not valid UTF-8.');
  try {
    return secureJson.parse(body.toString('utf8'), null, { protoAction: 'error' });
  } catch {
    throw new ShopError('validation_failed', 'The body is not valid JSON.');
  }
}

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key.includes('\0') || holdsNul(item));
}
