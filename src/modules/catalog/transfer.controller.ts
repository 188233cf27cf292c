import { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendFile } from '../../http/files.ts';
import { principalOf } from '../../http/principal.ts';
import { fileOf, received } from '../../http/uploads.ts';
import { invalid } from '../../shared/errors.ts';
import type { CatalogDeps } from './catalog.controller.ts';
import { exportProducts } from './export.service.ts';
import { importProducts } from './import.service.ts';

export function transferController({ db }: CatalogDeps) {
  return {
    async import(request: Request) {
      const file = request.isMultipart() ? await uploadOf(request) : received(request.raw);
      const actorId = principalOf(request).userId;
      return importProducts(db, file, { actorId });
    },

    export: (reply: Reply) =>
      sendFile(reply, { name: 'products', ending: 'csv' }, Readable.from(exportProducts(db))),
  };
}

async function uploadOf(request: Request): Promise<Readable> {
  const upload = await fileOf(request);
  if (upload === null) throw invalid('file', 'Send the CSV file as a part of the form.');
  return upload.file;
}
