import { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { sendFile } from '../../http/files.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { demand } from '../../http/principal.ts';
import { fileOf } from '../../http/uploads.ts';
import { seeOther } from '../../http/ways.ts';
import { invalid } from '../../shared/errors.ts';
import { exportProducts } from '../catalog/export.service.ts';
import { beginImport, getImport, latestImports } from '../catalog/import-job.service.ts';
import { importPage, importProgressPage, type RefusedUpload } from './admin-import.views.ts';
import type { AdminDeps } from './admin-page.ts';

/** After so many seconds a browser asks again how far an import is. */
const LOOK_AGAIN_SECONDS = 3;

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
          const begun = await beginImport(db, file, name);
          if ('importId' in begun) return seeOther(reply, `/admin/imports/${begun.importId}`);
          const refused = { name, report: begun.refused };
          return sendPage(reply, await page(request, reply, { refused }));
        },
        again: (errors) => page(request, reply, { errors }),
      }),

    async progress(request: Request, reply: Reply, id: string) {
      const found = await getImport(db, id);
      if (found.state !== 'done') reply.header('refresh', LOOK_AGAIN_SECONDS);
      return sendPage(reply, importProgressPage(await chromeOf(request, reply), found));
    },

    export: (_request: Request, reply: Reply) =>
      sendFile(reply, { name: 'products', ending: 'csv' }, Readable.from(exportProducts(db))),
  };

  async function page(
    request: Request,
    reply: Reply,
    form: { refused?: RefusedUpload; errors?: readonly FieldError[] } = {},
  ) {
    const latest = await latestImports(db);
    return importPage(await chromeOf(request, reply), { latest, ...form });
  }
}

/** The uploaded file as it streams in. @throws ShopError validation_failed without one. */
async function uploadOf(request: Request) {
  const upload = request.isMultipart() ? await fileOf(request) : null;
  if (upload === null || upload.name === '') throw invalid('file', 'Choose a CSV file first.');
  return upload;
}
