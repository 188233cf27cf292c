import { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendFile } from '../../http/files.ts';
import { principalOf } from '../../http/principal.ts';
import { fileOf, received } from '../../http/uploads.ts';
import { invalid } from '../../shared/errors.ts';
import type { CatalogDeps } from './catalog.controller.ts';
import { exportProducts } from './export.service.ts';
import { importProducts } from './import.service.ts';
import { beginImport, getImport } from './import-job.service.ts';

export function transferController({ db }: CatalogDeps) {
  return {
    async import(request: Request, reply: Reply) {
      const { name, file } = request.isMultipart()
        ? await uploadOf(request)
        : { name: '', file: received(request.raw) };
      if (!prefersNotToWait(request))
        return importProducts(db, file, { actorId: principalOf(request).userId });
      const begun = await beginImport(db, file, name);
      if ('refused' in begun) return begun.refused;
      reply.code(202).header('preference-applied', 'respond-async');
      reply.header('location', `/api/products/imports/${begun.importId}`);
      return getImport(db, begun.importId);
    },

    show: (id: string) => getImport(db, id),

    export: (reply: Reply) =>
      sendFile(reply, { name: 'products', ending: 'csv' }, Readable.from(exportProducts(db))),
  };
}

async function uploadOf(request: Request) {
  const upload = await fileOf(request);
  if (upload === null) throw invalid('file', 'Send the CSV file as a part of the form.');
  return upload;
}

/** Whether `respond-async` is among the preferences (RFC 7240), and no part of another's text. */
function prefersNotToWait(request: Request): boolean {
  const preferences = String(request.headers.prefer ?? '').replaceAll(/"[^"]*"/g, '');
  return preferences.split(',').some((one) => /^\s*respond-async\s*(;|$)/i.test(one));
}
