import '@fastify/multipart';
import { Readable } from 'node:stream';
import { invalid, ShopError } from '../shared/errors.ts';
import type { Request } from './app-type.ts';

export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

/** The file of a form, as it comes in, and what its sender calls it; null where the form has none. */
export async function fileOf(request: Request): Promise<{ name: string; file: Readable } | null> {
  const upload = await request.file().catch((error) => {
    throw broken(error);
  });
  // A part of type application/octet-stream is a file whether it has a name or not.
  return upload ? { name: upload.filename ?? '', file: received(upload.file) } : null;
}

/** The bytes of an upload. They end with ShopError payload_too_large, or validation_failed when it breaks off. */
export function received(source: Readable): Readable {
  return Readable.from(bytesOf(source));
}

async function* bytesOf(source: Readable): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    // The connection stays, to carry the answer.
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > MAX_UPLOAD_BYTES)
        throw new ShopError('payload_too_large', 'A product file has at most 50 MB.');
      yield chunk;
    }
  } catch (error) {
    // Unread, the rest would stand before the next request on this connection.
    source.resume();
    throw broken(error);
  }
}

/** What the form's reader says of a body that is no form, or ends early, is the sender's to mend. */
function broken(error: unknown): unknown {
  if (error instanceof ShopError || (error instanceof Error && 'statusCode' in error)) return error;
  return invalid('file', 'The upload is not a form with a file, or broke off.');
}
