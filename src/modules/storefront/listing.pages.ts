import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { listingController } from './listing.controller.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

const word = Type.Optional(Type.String({ maxLength: 200 }));
const cursor = Type.Optional(Type.String({ maxLength: 512 }));

/** What a list was asked for, as typed. */
const ListingQuery = Type.Object({
  category: word,
  min: word,
  max: word,
  stock: word,
  sort: word,
  cursor,
});

/** The front page, the catalogue, its categories and the search. */
export function listingPages(app: App, deps: StorefrontDeps): void {
  const controller = listingController(deps);

  app.get('/', { config: { access: 'anyone' } }, controller.showHome);
  app.get(
    '/products',
    { config: { access: 'anyone' }, schema: { querystring: ListingQuery } },
    (request, reply) => controller.showAll(request, reply, request.query),
  );
  app.get(
    '/categories/:slug',
    {
      config: { access: 'anyone' },
      schema: { params: Type.Object({ slug: Type.String() }), querystring: ListingQuery },
    },
    (request, reply) => controller.showCategory(request, reply, request.params.slug, request.query),
  );
  app.get(
    '/search',
    { config: { access: 'anyone' }, schema: { querystring: Type.Object({ q: word, cursor }) } },
    (request, reply) => controller.search(request, reply, request.query),
  );
}
