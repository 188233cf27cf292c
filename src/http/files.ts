import type { Readable } from 'node:stream';
import type { Reply } from './app-type.ts';

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  jsonl: 'application/jsonl',
} as const;

/** Sends a file for the browser to keep; the ending of its name says what it is. */
export function sendFile(
  reply: Reply,
  { name, ending }: { readonly name: string; readonly ending: keyof typeof TYPES },
  content: string | Readable,
): Reply {
  return reply
    .type(TYPES[ending])
    .header('content-disposition', `attachment; filename="${name}.${ending}"`)
    .send(content);
}
