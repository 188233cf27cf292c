import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { IdParams, ListQuery } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { productController } from './admin-products.controller.ts';

const ProductsQuery = Type.Object({
  ...ListQuery,
  status: Type.Optional(Type.Enum(['', 'draft', 'active', 'archived'])),
  sort: Type.Optional(Type.Enum(['', 'newest', 'oldest', 'price', '-price', 'title'])),
});

/** As much as a product of the most variants comes to, with texts of usual length. */
const FORM_BYTES = 4 * 1024 * 1024;

/** The catalogue: the list, and the form that makes and changes a product. */
export function productPages(app: App, deps: AdminDeps): void {
  const controller = productController(deps);
  app.get(
    '/admin/products',
    { config: { access: 'catalog:read' }, schema: { querystring: ProductsQuery } },
    (request, reply) => controller.list(request, reply, request.query),
  );
  app.get('/admin/products/new', { config: { access: 'catalog:write' } }, controller.blank);
  app.post(
    '/admin/products',
    { config: { access: 'catalog:write' }, bodyLimit: FORM_BYTES },
    controller.create,
  );
  app.get(
    '/admin/products/:id',
    { config: { access: 'catalog:read' }, schema: { params: IdParams } },
    (request, reply) => controller.edit(request, reply, request.params.id),
  );
  app.post(
    '/admin/products/:id',
    { config: { access: 'catalog:write' }, bodyLimit: FORM_BYTES, schema: { params: IdParams } },
    (request, reply) => controller.update(request, reply, request.params.id),
  );
  app.post(
    '/admin/products/:id/archive',
    { config: { access: 'catalog:write' }, schema: { params: IdParams } },
    (request, reply) => controller.archive(request, reply, request.params.id),
  );
  app.post(
    '/admin/products/:id/delete',
    { config: { access: 'catalog:write' }, schema: { params: IdParams } },
    (request, reply) => controller.remove(request, reply, request.params.id),
  );
}
