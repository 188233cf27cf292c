import type { Generated, JSONColumnType } from 'kysely';

export interface CatalogTables {
  products: ProductTable;
  variants: VariantTable;
  categories: { id: string; slug: string; name: string };
  product_categories: { product_id: string; category_id: string };
}

interface ProductTable {
  id: string;
  slug: string;
  title: string;
  description: string;
  status: ProductStatus;
  vendor: string;
  type: string;
  tags: string[];
  options: JSONColumnType<ProductOption[]>;
  images: JSONColumnType<ProductImage[]>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface VariantTable {
  id: string;
  product_id: string;
  position: number;
  sku: string;
  title: string;
  options: JSONColumnType<Record<string, string>>;
  option_key: string;
  price: number;
  compare_at_price: number | null;
  currency: string;
  archived_at: Date | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export type ProductStatus = 'draft' | 'active' | 'archived';

export interface ProductOption {
  readonly name: string;
  readonly values: readonly string[];
}

export interface ProductImage {
  readonly url: string;
  readonly alt: string;
}
