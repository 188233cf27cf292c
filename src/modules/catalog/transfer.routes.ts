import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { demand } from '../../http/principal.ts';
import { problemsFor } from '../../http/schemas.ts';
import { MAX_UPLOAD_BYTES } from '../../http/uploads.ts';
import type { CatalogDeps } from './catalog.controller.ts';
import { transferController } from './transfer.controller.ts';

const Note = Type.Object(
  {
    line: Type.Integer(),
    column: Type.String(),
    handle: Type.String(),
    reason: Type.String(),
  },
  {
    examples: [
      { line: 14, column: 'Variant Price', handle: 'oak-board', reason: '"abc" is not a price.' },
    ],
  },
);

const ImportReportSchema = Type.Object({
  rows: Type.Integer(),
  products: Type.Object({
    created: Type.Integer(),
    updated: Type.Integer(),
    unchanged: Type.Integer(),
    refused: Type.Integer(),
  }),
  variants: Type.Integer(),
  images: Type.Integer(),
  errorCount: Type.Integer(),
  warningCount: Type.Integer(),
  errors: Type.Array(Note),
  warnings: Type.Array(Note),
});

const common = { tags: ['Products'], security: [{ bearer: [] }] };

/** The catalogue as a file, out and in. */
export function transferRoutes(app: App, deps: CatalogDeps): void {
  const transfer = transferController(deps);
  app.get(
    '/api/products/export.csv',
    {
      config: { access: 'catalog:read' },
      schema: {
        ...common,
        summary: 'Export all products in Shopify’s CSV format',
        produces: ['text/csv'],
        response: {
          200: {
            description: 'The file.',
            content: { 'text/csv': { schema: Type.String({ examples: ['Handle,Title,…'] }) } },
          },
          ...problemsFor(401, 403),
        },
      },
    },
    (_request, reply) => {
      transfer.export(reply);
    },
  );

  app.register(async (uploads) => {
    // The body stays a stream, which the import reads as it comes; what is read into memory elsewhere is refused.
    uploads.removeContentTypeParser('application/json');
    uploads.addContentTypeParser('text/csv', (_request, _payload, done) => done(null));
    uploads.post(
      '/api/products/import',
      {
        config: { access: 'catalog:write' },
        // A file sets stock too; said before its body is looked at.
        onRequest: async (request) => demand(request, 'stock:write'),
        bodyLimit: MAX_UPLOAD_BYTES + 64 * 1024,
        schema: {
          ...common,
          summary: 'Import products from a CSV file in Shopify’s format',
          description:
            'Send the file as the body (`text/csv`) or as a part of a form (`multipart/form-data`), at most 50 MB. Products with a bad row are refused whole and reported; the others are taken.',
          consumes: ['text/csv', 'multipart/form-data'],
          response: { 200: ImportReportSchema, ...problemsFor(400, 401, 403, 413, 415) },
        },
      },
      (request) => transfer.import(request),
    );
  });
}
