import { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { sendFile } from '../../http/files.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { demand, principalOf } from '../../http/principal.ts';
import { fileOf } from '../../http/uploads.ts';
import { invalid } from '../../shared/errors.ts';
import { exportProducts } from '../catalog/export.service.ts';
import { importProducts } from '../catalog/import.service.ts';
import { importPage } from './admin-import.views.ts';
import type { AdminDeps } from './admin-page.ts';

export function importController({ db, chromeOf }: AdminDeps) {
  return {
    async show(request: Request, reply: Reply) {
      return sendPage(reply, await page(request, reply));
    },

    import: (request: Request, reply: Reply) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          demand(request, 'stock:write');
          const { name, file } = await uploadOf(request);
          const report = await importProducts(db, file, { actorId: principalOf(request).userId });
          return sendPage(reply, importPage(await chromeOf(request, reply), { name, report }, []));
        },
        again: (errors) => page(request, reply, errors),
      }),

    export: (_request: Request, reply: Reply) =>
      sendFile(reply, { name: 'products', ending: 'csv' }, Readable.from(exportProducts(db))),
  };

  async function page(request: Request, reply: Reply, errors: readonly FieldError[] = []) {
    return importPage(await chromeOf(request, reply), null, errors);
  }
}

/** The uploaded file as it streams in. @throws ShopError validation_failed without one. */
async function uploadOf(request: Request) {
  const upload = request.isMultipart() ? await fileOf(request) : null;
  if (upload === null || upload.name === '') throw invalid('file', 'Choose a CSV file first.');
  return upload;
}
