import { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendFile } from '../../http/files.ts';
import { principalOf } from '../../http/principal.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import type { CatalogDeps } from './catalog.controller.ts';
import { exportProducts } from './export.service.ts';
import { importProducts } from './import.service.ts';

export const MAX_IMPORT_BYTES = 50 * 1024 * 1024;

export function transferController({ db }: CatalogDeps) {
  return {
    async import(request: Request) {
      const source = request.isMultipart() ? await uploadOf(request) : request.raw;
      const actorId = principalOf(request).userId;
      return importProducts(db, Readable.from(received(source)), { actorId });
    },

    export: (reply: Reply) =>
      sendFile(reply, { name: 'products', ending: 'csv' }, Readable.from(exportProducts(db))),
  };
}

async function uploadOf(request: Request): Promise<Readable> {
  const upload = await request.file().catch((error) => {
    throw broken(error);
  });
  if (!upload) throw invalid('file', 'Send the CSV file as a part of the form.');
  return upload.file;
}

/** The bytes of an upload. @throws ShopError payload_too_large; validation_failed when it breaks off. */
async function* received(source: Readable): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    // The connection stays, to carry the answer.
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > MAX_IMPORT_BYTES)
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
