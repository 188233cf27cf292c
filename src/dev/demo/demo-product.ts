import type { ProductOption } from '../../modules/catalog/catalog.model.ts';

/** One product of the demonstration shop, as a shopkeeper would type it in. */
export type DemoProduct = {
  handle: string;
  title: string;
  /** Simple HTML: paragraphs and lists. */
  description: string;
  vendor: string;
  type: string;
  tags: readonly string[];
  category: DemoCategory;
  status: 'active' | 'draft';
  options: readonly ProductOption[];
  variants: readonly DemoVariant[];
  image: string;
  imageAlt: string;
};

export type DemoCategory = 'Kitchen' | 'Desk' | 'Outdoors' | 'Wear' | 'Home';

export type DemoVariant = {
  /** Unique in the catalogue. */
  sku: string;
  /** A value for each of the product's options. */
  options: Readonly<Record<string, string>>;
  /** US cents, as is `compareAtPrice`. */
  price: number;
  compareAtPrice?: number;
  stock: number;
  /** Sold within its stock only, unless this says that it is made to order. */
  policy?: 'continue';
};
