import { DEFAULT_VARIANT_TITLE } from '../catalog/catalog.model.ts';

/** A variant by its product's name, and its own where the product has several. */
export function variantName(productTitle: string, title: string): string {
  return title === DEFAULT_VARIANT_TITLE ? productTitle : `${productTitle}, ${title}`;
}
