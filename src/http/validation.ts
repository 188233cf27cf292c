import { isUtf8 } from 'node:buffer';
import secureJson from 'secure-json-parse';
import { invalid, ShopError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { App, Request } from './app-type.ts';

/**
 * Strict input, beside what schemas say: NUL characters, invalid UTF-8 and halves of surrogate pairs, which
 * PostgreSQL cannot store, are refused everywhere. Ids in addresses are read in small letters.
 */
export function validateStrictly(app: App): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });

  app.addHook('preValidation', (request, _reply, done) => {
    const places = {
      query: request.query,
      path: request.params,
      body: Buffer.isBuffer(request.body) ? null : request.body,
    };
    if (!isWellEncoded(request.url)) return done(invalid('query', 'The address is not UTF-8.'));
    for (const [place, value] of Object.entries(places)) {
      const complaint = complaintAbout(value);
      if (complaint) return done(invalid(place, complaint));
    }
    writeIdsSmall(request);
    done();
  });
}

/** PostgreSQL finds a UUID written either way; whoever compares it, or notes it, must not see two. */
function writeIdsSmall({ params }: Request): void {
  const given = params as Record<string, string>;
  for (const [name, text] of Object.entries(given))
    if (isId(text)) given[name] = text.toLowerCase();
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

/** Far beyond what any schema asks for, and far below what exhausts the stack. */
const MAX_DEPTH = 50;

function complaintAbout(value: unknown, depth = 0): string | null {
  if (depth > MAX_DEPTH) return 'This is nested too deeply.';
  if (typeof value === 'string') {
    if (value.includes('\0')) return 'NUL characters are not allowed.';
    return value.isWellFormed() ? null : 'This is not valid Unicode.';
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const complaint = complaintAbout(key) ?? complaintAbout(item, depth + 1);
    if (complaint) return complaint;
  }
  return null;
}

/** Whether percent-encoded bytes are UTF-8; a lone percent sign is one. */
function isWellEncoded(url: string): boolean {
  try {
    decodeURIComponent(url.replaceAll(/%(?![\da-f]{2})/gi, '%25'));
    return true;
  } catch {
    return false;
  }
}
