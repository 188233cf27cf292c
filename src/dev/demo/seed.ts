import type { Db } from '../../database/database.ts';
import { listProducts } from '../../modules/catalog/catalog.service.ts';
import { createProduct } from '../../modules/catalog/write-product.service.ts';
import { WHOLE } from '../../modules/flags/flags.model.ts';
import { setFlag } from '../../modules/flags/flags.service.ts';
import { DEFAULT_CURRENCY } from '../../shared/money.ts';
import { demoProducts } from './catalogue.ts';
import type { DemoProduct } from './demo-product.ts';

/**
 * Fills a catalogue that is empty with the demonstration shop's, and begins an experiment on it; one with anything in
 * it stays as it is.
 */
export async function seedDemoCatalogue(db: Db): Promise<void> {
  const { data } = await listProducts(db, { status: 'all' }, { limit: 1 });
  if (data.length > 0) return;
  for (const product of demoProducts) await createProduct(db, toInput(product), null);
  await setFlag({ db, held: NOTHING_HELD }, 'related-products', DEMO_EXPERIMENT);
}

/** No process holds flags yet that could be old. */
const NOTHING_HELD = { reload: async () => undefined };

const DEMO_EXPERIMENT = {
  ...{ version: 0, enabled: true, rules: [], rollout: WHOLE, experiment: true },
  weights: { none: 1, category: 1, maker: 1 },
};

function toInput({ handle, category, image, imageAlt, variants, ...product }: DemoProduct) {
  const money = (amount: number) => ({ amount, currency: DEFAULT_CURRENCY });
  return {
    ...product,
    slug: handle,
    categories: [category],
    images: [{ url: image, alt: imageAlt }],
    variants: variants.map(({ sku, options, price, compareAtPrice, stock, policy }) => ({
      sku,
      options,
      stock,
      price: money(price),
      inventoryPolicy: policy ?? ('deny' as const),
      ...(compareAtPrice === undefined ? {} : { compareAtPrice: money(compareAtPrice) }),
    })),
  };
}
