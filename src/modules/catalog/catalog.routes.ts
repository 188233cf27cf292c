import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { PageOf, problemsFor } from '../../http/schemas.ts';
import { type CatalogDeps, catalogController } from './catalog.controller.ts';
import {
  CategorySchema,
  CreateProductBody,
  ListProductsQuery,
  ProductParams,
  ProductSchema,
  SearchProductsQuery,
  UpdateProductBody,
} from './catalog.schemas.ts';
import { transferRoutes } from './transfer.routes.ts';

const tags = ['Products'];
const forAdmins = { tags, security: [{ bearer: [] }] };

/** The catalogue: open to everybody for reading, to administrators for writing. */
export function catalogRoutes(app: App, deps: CatalogDeps): void {
  const catalog = catalogController(deps);
  transferRoutes(app, deps);
  app.get(
    '/api/products',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'List products',
        querystring: ListProductsQuery,
        response: { 200: PageOf(ProductSchema), ...problemsFor(400, 401) },
      },
    },
    (request, reply) => catalog.list(request, reply, request.query),
  );
  app.get(
    '/api/products/search',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Search products, best match first',
        description: 'Matches word stems and beginnings, and forgives slips of the keyboard.',
        querystring: SearchProductsQuery,
        response: { 200: PageOf(ProductSchema), ...problemsFor(400, 401) },
      },
    },
    (request, reply) => catalog.search(request, reply, request.query),
  );
  app.get(
    '/api/products/:id',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Show a product, by id or slug',
        params: ProductParams,
        response: { 200: ProductSchema, ...problemsFor(400, 401, 404) },
      },
    },
    (request, reply) => catalog.show(request, reply, request.params.id),
  );
  app.post(
    '/api/products',
    {
      config: { access: 'catalog:write' },
      schema: {
        ...forAdmins,
        summary: 'Create a product',
        body: CreateProductBody,
        response: { 201: ProductSchema, ...problemsFor(400, 401, 403, 409, 413, 415) },
      },
    },
    async (request, reply) => {
      const product = await catalog.create(request, request.body);
      return reply.code(201).header('location', `/api/products/${product.id}`).send(product);
    },
  );
  app.put(
    '/api/products/:id',
    {
      config: { access: 'catalog:write' },
      schema: {
        ...forAdmins,
        summary: 'Change a product',
        params: ProductParams,
        body: UpdateProductBody,
        response: { 200: ProductSchema, ...problemsFor(400, 401, 403, 404, 409, 413, 415) },
      },
    },
    (request) => catalog.update(request, request.params.id, request.body),
  );
  app.delete(
    '/api/products/:id',
    {
      config: { access: 'catalog:write' },
      schema: {
        ...forAdmins,
        summary: 'Delete a product, or archive it where orders refer to it',
        params: ProductParams,
        response: { 204: Type.Null(), ...problemsFor(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      await catalog.delete(request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/categories',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'List the categories that have products on sale, by name',
        response: { 200: Type.Object({ data: Type.Array(CategorySchema) }) },
      },
    },
    (request, reply) => catalog.categories(request, reply),
  );
}
