import { type FieldError, ShopError } from '../../shared/errors.ts';
import { decimalOf, isCurrency, MAX_AMOUNT, type Money, parseDecimal } from '../../shared/money.ts';
import {
  MAX_OF_PRODUCT,
  MAX_SLUG_LENGTH,
  MAX_VARIANTS,
  type ProductInput,
  SLUG_PATTERN,
  type VariantInput,
} from '../catalog/catalog.model.ts';
import { MAX_ON_HAND } from '../inventory/inventory.model.ts';
import type { ProductForm, VariantForm } from './product-form.model.ts';

/**
 * The product that a form describes.
 * @throws ShopError validation_failed with every field to change, by its name in the form.
 */
export function productInput(
  form: ProductForm,
): Required<Pick<ProductInput, 'title' | 'variants'>> & ProductInput {
  const errors: FieldError[] = [];
  const wrong = (path: string, message: string) => void errors.push({ path, message });

  if (form.title === '' || form.title.length > 255)
    wrong('title', 'Give the product a title of up to 255 characters.');
  const slugFits =
    form.slug.length <= MAX_SLUG_LENGTH && new RegExp(SLUG_PATTERN, 'u').test(form.slug);
  if (form.slug !== '' && !slugFits)
    wrong('slug', 'Use small letters, digits and hyphens, such as enamel-mug.');
  if (!isCurrency(form.currency))
    wrong('currency', 'Use the three letters of a currency, such as USD.');
  if (form.vendor.length > 255) wrong('vendor', 'A vendor has up to 255 characters.');
  if (form.type.length > 255) wrong('type', 'A type has up to 255 characters.');
  if (form.description.length > MAX_OF_PRODUCT.description)
    wrong('description', 'A description has up to 100,000 characters, its HTML included.');
  const tags = listOf(form.tags, ',');
  if (tags.length > MAX_OF_PRODUCT.tags) wrong('tags', 'A product has at most 250 tags.');
  if (tags.some((tag) => tag.length > 255)) wrong('tags', 'Each tag has up to 255 characters.');
  const categories = listOf(form.categories, ';');
  if (categories.length > MAX_OF_PRODUCT.categories)
    wrong('categories', 'A product is in at most 50 categories.');
  if (categories.some((name) => name.length > 100 || !/[\p{L}\p{N}]/u.test(name)))
    wrong('categories', 'Each category has a name of up to 100 characters.');
  const images = listOf(form.images, '\n').map(imageOf);
  if (images.length > MAX_OF_PRODUCT.images) wrong('images', 'A product has at most 250 pictures.');
  if (
    images.some(
      ({ url, alt }) =>
        !/^(https?:\/\/\S+|\/(?!\/)\S*)$/.test(url) || url.length > 2048 || alt.length > 512,
    )
  )
    wrong(
      'images',
      'Begin each line with an address: https://… or a path of this shop such as /img/mug.jpg.',
    );

  const names = form.options.filter((name) => name !== '');
  if (new Set(names).size < names.length) wrong('option1', 'Each option needs a name of its own.');
  form.options.forEach((name, index) => {
    if (name.length > 100)
      wrong(`option${index + 1}`, 'An option has a name of up to 100 characters.');
  });
  const kept = form.variants.filter((variant) => !variant.remove);
  if (kept.length === 0)
    wrong('variants.0.price', 'A product has at least one variant: give it a price.');
  if (kept.length > MAX_VARIANTS) wrong('', `A product has at most ${MAX_VARIANTS} variants.`);
  const variants = isCurrency(form.currency)
    ? kept.map((variant, index) =>
        variantInput(form, variant, (field, message) =>
          wrong(`variants.${index}.${field}`, message),
        ),
      )
    : [];

  if (errors.length > 0)
    throw new ShopError('validation_failed', 'Some fields need a change.', { errors });
  const { title, status, description, vendor, type } = form;
  return {
    title,
    ...(form.slug === '' ? {} : { slug: form.slug }),
    status,
    description,
    vendor,
    type,
    tags,
    categories,
    images,
    optionNames: names,
    variants,
  };
}

/** What the catalogue refuses, at the fields of the form. */
export function atFormFields(errors: readonly FieldError[], form: ProductForm): FieldError[] {
  return errors.map(({ path, message }) => {
    const [, index, rest = ''] = /^variants\.(\d+)\.?(.*)$/.exec(path) ?? [];
    if (index === undefined) return { path, message };
    if (rest.endsWith('currency')) return { path: 'currency', message };
    if (!rest.startsWith('options'))
      return { path: `variants.${index}.${rest || 'price'}`, message };
    const option =
      rest === 'options' ? 0 : Math.max(0, form.options.indexOf(rest.slice('options.'.length)));
    return { path: `variants.${index}.option${option + 1}`, message };
  });
}

function variantInput(
  { options, currency }: ProductForm,
  variant: VariantForm,
  wrong: (field: string, message: string) => void,
): VariantInput {
  const chosen: Record<string, string> = {};
  for (const [index, name] of options.entries()) {
    const value = variant.values[index] ?? '';
    if (name === '' && value !== '')
      wrong(`option${index + 1}`, `Name option ${index + 1} first, then give its values.`);
    if (name !== '' && (value === '' || value.length > 255))
      wrong(`option${index + 1}`, `Give a value for ${name}.`);
    if (name !== '') chosen[name] = value;
  }
  const price = amountOf(variant.price, currency);
  const like = (amount: number) => `Type a price such as ${decimalOf({ amount, currency })}`;
  if (!price) wrong('price', `${like(1990)}.`);
  const compareAt = variant.compareAt === '' ? null : amountOf(variant.compareAt, currency);
  if (variant.compareAt !== '' && !compareAt)
    wrong('compareAt', `${like(2490)}, or leave it empty.`);
  if (variant.sku.length > 255) wrong('sku', 'A SKU has up to 255 characters.');
  const stock = variant.stock === '' ? 0 : Number(variant.stock);
  // A row of a form that does not ask for it leaves the count as it is; that of a new variant is 0.
  const restocked = variant.stock !== variant.stockBefore;
  if (restocked && !(Number.isInteger(stock) && stock >= 0 && stock <= MAX_ON_HAND))
    wrong('stock', 'Type how many units are on hand: 0 or more.');
  return {
    ...(variant.id === '' ? {} : { id: variant.id }),
    options: chosen,
    sku: variant.sku,
    ...(price ? { price } : {}),
    compareAtPrice: compareAt,
    ...(restocked ? { stock } : {}),
    ...(variant.stockBefore === '' ? {} : { stockSeen: Number(variant.stockBefore) }),
    inventoryPolicy: variant.policy,
  };
}

function amountOf(text: string, currency: string): Money | null {
  const amount = parseDecimal(text, currency);
  return amount === null || amount > MAX_AMOUNT ? null : { amount, currency };
}

function listOf(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function imageOf(line: string): { url: string; alt: string } {
  const [url = '', ...words] = line.split(/\s+/);
  return { url, alt: words.join(' ') };
}
