import type { ProductCard } from '../../http/components.views.ts';
import type { Product } from '../catalog/catalog.model.ts';
import { canBeBought } from './variant-choice.model.ts';

/** A product as it stands in a grid: at the price of its cheapest variant. */
export function productCard(product: Product): ProductCard {
  const { variants, price } = product;
  const cheapest = variants.find((variant) => variant.price.amount === price.amount);
  return {
    href: `/products/${encodeURIComponent(product.slug)}`,
    title: product.title,
    image: product.images[0],
    price,
    compareAtPrice: cheapest?.compareAtPrice,
    priceFrom: variants.some((variant) => variant.price.amount > price.amount),
    soldOut: !variants.some(canBeBought),
    note: product.vendor || undefined,
  };
}
