import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { refusal } from '../../http/form-errors.ts';
import { seeOther } from '../../http/ways.ts';
import { invalid, ShopError } from '../../shared/errors.ts';
import { addToCart, MAX_CART_QUANTITY } from '../cart/cart.service.ts';
import type { Product, Variant } from '../catalog/catalog.model.ts';
import { getProduct } from '../catalog/catalog.service.ts';
import { listing, oneProduct } from './browsing.service.ts';
import { productPage } from './product.views.ts';
import { commonOf, hasRelations, LOOKED_AT, relatedTo } from './related-products.model.ts';
import type { StorefrontDeps } from './storefront-deps.ts';
import { chooseVariant } from './variant-choice.model.ts';

type Typed = Readonly<Record<string, string | undefined>>;

/** What a shopper does with one product. */
export function productController({
  db,
  shared,
  browser,
  chromeOf,
  cartOwnerOf,
  publicUrl,
  metrics,
  flagsOf,
}: StorefrontDeps) {
  return {
    async show(request: Request, reply: Reply, slug: string, typed: Typed) {
      const product = await shared.of(request, oneProduct, slug);
      metrics.purchaseSteps.inc({ step: 'product_viewed' });
      return sendPage(reply, await page(request, reply, product, { typed }));
    },

    async addToCart(request: Request, reply: Reply, typed: Typed) {
      const product = await getProduct(db, typed.product ?? '', { all: false });
      try {
        const { variant } = chooseVariant(product, typed);
        if (!variant)
          throw new ShopError('not_found', 'This is not made in the combination you chose.');
        const quantity = wantedOf(typed.quantity, variant);
        await addToCart(db, cartOwnerOf(request), { variantId: variant.id, quantity });
      } catch (error) {
        const errors = refusal(request, reply, error);
        return sendPage(
          reply,
          await page(request, reply, product, { typed, errors }),
          reply.statusCode,
        );
      }
      metrics.purchaseSteps.inc({ step: 'cart_added' });
      browser.flash(reply, { kind: 'success', text: `${product.title} is in your cart.` });
      return seeOther(reply, '/cart');
    },
  };

  async function page(
    request: Request,
    reply: Reply,
    product: Product,
    { typed, errors }: { typed: Typed; errors?: ShopError['errors'] },
  ) {
    const related = hasRelations(product) ? await relatedProducts(request, reply, product) : null;
    return productPage(await chromeOf(request, reply), {
      product,
      related,
      choice: chooseVariant(product, typed),
      canonical: `${publicUrl}/products/${encodeURIComponent(product.slug)}`,
      quantity: typed.quantity,
      errors,
    });
  }

  async function relatedProducts(request: Request, reply: Reply, product: Product) {
    const common = commonOf(product, await flagsOf(request, reply).get('related-products'));
    if (common === null) return null;
    const { data } = await shared.of(request, listing, common.filter, { limit: LOOKED_AT });
    return relatedTo(product, common, data);
  }
}

/**
 * The units to put into the cart.
 * @throws ShopError validation_failed for no number, insufficient_stock for more than there are.
 */
function wantedOf(typed: string | undefined, variant: Variant): number {
  const quantity = /^\d{1,3}$/.test(typed ?? '1') ? Number(typed ?? '1') : 0;
  if (quantity < 1) throw invalid('quantity', `Type a quantity from 1 to ${MAX_CART_QUANTITY}.`);
  const { available, inventoryPolicy } = variant;
  if (inventoryPolicy === 'continue' || quantity <= available) return quantity;
  throw new ShopError(
    'insufficient_stock',
    available === 0
      ? 'This is sold out. If there are other choices, one of them may be in stock.'
      : `There are only ${available} left: choose ${available} or fewer.`,
  );
}
