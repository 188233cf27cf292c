import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { demand, principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import { ShopError } from '../../shared/errors.ts';
import type { ProductStatus } from '../catalog/catalog.model.ts';
import { countsUnits } from '../catalog/catalog.model.ts';
import { getProduct, type ProductSort } from '../catalog/catalog.service.ts';
import { createProduct, deleteProduct, updateProduct } from '../catalog/write-product.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { editProductPage, newProductPage } from './admin-product.views.ts';
import { productsPage } from './admin-products.views.ts';
import { blankForm, readForm } from './product-form.model.ts';
import { atFormFields, productInput } from './product-input.model.ts';
import { findListing, readProductForm } from './products.service.ts';

interface ProductsFilter {
  readonly q?: string;
  readonly cursor?: string;
  readonly status?: ProductStatus | '';
  readonly sort?: ProductSort | '';
}

/** Requests about the catalogue; a form that is refused is shown again as it was typed. */
export function productController(deps: AdminDeps) {
  const { db, reads, browser, chromeOf } = deps;

  const done = (reply: Reply, text: string, path: string) => {
    browser.flash(reply, { kind: 'success', text });
    return seeOther(reply, path);
  };

  return {
    async list(request: Request, reply: Reply, query: ProductsFilter) {
      const listing = {
        q: query.q?.trim() || undefined,
        status: query.status || undefined,
        sort: query.sort || undefined,
      };
      const products = await reads.at(request.since, (from) =>
        findListing(from, listing, { limit: PAGE_SIZE, cursor: query.cursor }),
      );
      return sendPage(
        reply,
        productsPage(await chromeOf(request, reply), products, {
          ...listing,
          cursor: query.cursor,
        }),
      );
    },

    async blank(request: Request, reply: Reply) {
      return sendPage(reply, newProductPage(await chromeOf(request, reply), blankForm, []));
    },

    async create(request: Request, reply: Reply) {
      const form = readForm(request.body);
      return workOrShowAgain(request, reply, {
        work: async () => {
          const input = productInput(form);
          if (countsUnits(input.variants, { anew: true })) demand(request, 'stock:write');
          const product = await createProduct(db, input, principalOf(request).userId);
          return done(
            reply,
            `${product.title} is in the catalogue.`,
            `/admin/products/${product.id}`,
          );
        },
        again: async (errors) =>
          newProductPage(await chromeOf(request, reply), form, atFormFields(errors, form)),
      });
    },

    async edit(request: Request, reply: Reply, id: string) {
      const { product, form } = await readProductForm(db, id);
      return sendPage(reply, editProductPage(await chromeOf(request, reply), product, form, []));
    },

    async update(request: Request, reply: Reply, id: string) {
      const form = readForm(request.body);
      return workOrShowAgain(request, reply, {
        work: async () => {
          const input = productInput(form);
          if (countsUnits(input.variants)) demand(request, 'stock:write');
          const { userId } = principalOf(request);
          await updateProduct(db, id, input, userId, { seen: form.seen });
          return done(reply, 'Saved.', `/admin/products/${id}`);
        },
        again: async (errors) => {
          const product = await getProduct(db, id, { all: true });
          const shown = atFormFields(errors, form);
          return editProductPage(await chromeOf(request, reply), product, form, shown);
        },
      });
    },

    async archive(request: Request, reply: Reply, id: string) {
      await updateProduct(db, id, { status: 'archived' }, principalOf(request).userId);
      return done(reply, 'Archived: shoppers no longer see it.', `/admin/products/${id}`);
    },

    async remove(_request: Request, reply: Reply, id: string) {
      await deleteProduct(db, id);
      const archived = await stillThere(id);
      const text = archived ? 'Archived instead of deleted, as orders refer to it.' : 'Deleted.';
      return done(reply, text, archived ? `/admin/products/${id}` : '/admin/products');
    },
  };

  async function stillThere(id: string): Promise<boolean> {
    try {
      await getProduct(db, id, { all: true });
      return true;
    } catch (error) {
      if (error instanceof ShopError && error.code === 'not_found') return false;
      throw error;
    }
  }
}
