import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { demand } from '../../http/principal.ts';
import { IdSchema, problemsFor, TimestampSchema } from '../../http/schemas.ts';
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

const ImportSchema = Type.Object({
  id: IdSchema,
  fileName: Type.String({
    description: 'As its sender called the file; empty where they did not say.',
    examples: ['products.csv'],
  }),
  state: Type.Enum(['waiting', 'running', 'done']),
  done: Type.Integer({ description: 'Products taken or refused.' }),
  total: Type.Integer({ description: 'Products in the file.' }),
  report: ImportReportSchema,
  createdAt: TimestampSchema,
  finishedAt: Type.Union([TimestampSchema, Type.Null()]),
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
            'Send the file as the body (`text/csv`) or as a part of a form (`multipart/form-data`), at most 50 MB. Products with a bad row are refused whole and reported; the others are taken. The answer comes once all are; with `Prefer: respond-async` it comes once the file is read, and jobs take the products. A file that is no product file is answered with its report either way.',
          consumes: ['text/csv', 'multipart/form-data'],
          headers: Type.Object({
            prefer: Type.Optional(
              Type.String({
                description: '`respond-async` (RFC 7240): do not wait for the report.',
              }),
            ),
          }),
          response: {
            200: ImportReportSchema,
            202: Type.Object(ImportSchema.properties, {
              description: 'It was begun; `Location` says where to ask how far it is.',
            }),
            ...problemsFor(400, 401, 403, 413, 415),
          },
        },
      },
      (request, reply) => transfer.import(request, reply),
    );
  });

  app.get(
    '/api/products/imports/:id',
    {
      config: { access: 'catalog:write' },
      schema: {
        ...common,
        summary: 'How far an import is, and its report',
        description:
          'Of an import that was begun with `Prefer: respond-async` or in the console, until 30 days after its end.',
        params: Type.Object({ id: IdSchema }),
        response: { 200: ImportSchema, ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => transfer.show(request.params.id),
  );
}
