import type { ProductImage } from './catalog.model.ts';
import type { CsvField, CsvHeader, CsvRow } from './shopify-csv.model.ts';
import type { CellReader } from './shopify-product.model.ts';
import { absoluteUrl } from './shopify-variant.model.ts';

/** Images of the rows by their position, else as they come, each once; then those that only a variant shows. */
export function readImages(
  header: CsvHeader,
  rows: readonly CsvRow[],
  reader: CellReader,
): { images?: ProductImage[] } {
  if (!header.indexes.has('imageUrl')) return {};
  const placed = rows.flatMap((row, index) => {
    const url = readUrl(row, 'imageUrl', reader);
    if (url === null) return [];
    const alt = reader.text(row, 'imageAlt', 512) ?? '';
    return [{ url, alt, position: readPosition(row, reader) ?? index + 1 }];
  });
  const images = placed
    .sort((a, b) => a.position - b.position)
    .map(({ url, alt }) => ({ url, alt }));
  for (const row of rows) {
    const url = readUrl(row, 'variantImage', reader);
    if (url !== null) images.push({ url, alt: '' });
  }
  const byUrl = new Map(images.toReversed().map((image) => [image.url, image]));
  return {
    images: [...new Set(images.map(({ url }) => url))].flatMap((url) => byUrl.get(url) ?? []),
  };
}

function readUrl(row: CsvRow, field: CsvField, reader: CellReader): string | null {
  const text = reader.text(row, field, 2048);
  if (!text) return null;
  const url = absoluteUrl(text);
  if (/^(https?:\/\/\S+|\/\S*)$/i.test(url)) return url;
  reader.problem(row, field, 'An image is named by its address, https://….');
  return null;
}

function readPosition(row: CsvRow, reader: CellReader): number | null {
  const text = reader.text(row, 'imagePosition', 10);
  if (!text) return null;
  if (/^\d+$/.test(text)) return Number(text);
  reader.problem(row, 'imagePosition', 'A position is a whole number.');
  return null;
}
