import {
  imagesOnce,
  MAX_OF_PRODUCT,
  type ProductImage,
  type VariantInput,
} from './catalog.model.ts';
import type { CsvHeader, CsvRow } from './shopify-csv.model.ts';
import type { CellReader } from './shopify-product.model.ts';
import { readUrl } from './shopify-variant.model.ts';

/** Images of the rows by their position, else as they come, each once; then those that only a variant shows. */
export function readImages(
  header: CsvHeader,
  rows: readonly CsvRow[],
  variants: readonly VariantInput[],
  reader: CellReader,
): { images?: ProductImage[] } {
  if (!header.indexes.has('imageUrl')) return {};
  const placed = rows.flatMap((row, index) => {
    const url = readUrl(row, 'imageUrl', reader);
    if (!url) return [];
    const alt = reader.text(row, 'imageAlt', 512) ?? '';
    return [{ url, alt, position: readPosition(row, reader) ?? index + 1 }];
  });
  const images = placed
    .sort((a, b) => a.position - b.position)
    .map(({ url, alt }) => ({ url, alt }));
  for (const { imageUrl } of variants) if (imageUrl) images.push({ url: imageUrl, alt: '' });
  const once = imagesOnce(images);
  const [first] = rows;
  if (first && once.length > MAX_OF_PRODUCT.images)
    reader.problem(first, 'imageUrl', `A product has at most ${MAX_OF_PRODUCT.images} images.`);
  return { images: once };
}

function readPosition(row: CsvRow, reader: CellReader): number | null {
  const text = reader.text(row, 'imagePosition', 10);
  if (!text) return null;
  if (/^\d+$/.test(text)) return Number(text);
  reader.problem(row, 'imagePosition', 'A position is a whole number.');
  return null;
}
