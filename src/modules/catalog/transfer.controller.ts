import { Readable, Transform } from 'node:stream';
import type { Reply, Request } from '../../http/app-type.ts';
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
      return importProducts(db, source.compose(atMost(MAX_IMPORT_BYTES)), {
        actorId: principalOf(request).userId,
      });
    },

    export: (reply: Reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="products.csv"')
        .send(Readable.from(exportProducts(db))),
  };
}

async function uploadOf(request: Request): Promise<Readable> {
  const upload = await request.file();
  if (!upload) throw invalid('file', 'Send the CSV file as a part of the form.');
  return upload.file;
}

/** Passes bytes on and ends with a refusal when there are too many. */
function atMost(bytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen <= bytes) done(null, chunk);
      else done(new ShopError('payload_too_large', 'A product file has at most 50 MB.'));
    },
  });
}
