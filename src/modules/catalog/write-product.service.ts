import { isDeepStrictEqual } from 'node:util';
import { changesCatalogue } from '../../database/changes.ts';
import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { event, recordEvents } from '../../events/outbox.ts';
import { changedMeanwhile, notFound } from '../../shared/errors.ts';
import { isId, newId } from '../../shared/ids.ts';
import { note } from '../../trail/trail.ts';
import { holdStock, openStock, setStock } from '../inventory/stock-changes.service.ts';
import {
  type Category,
  type Product,
  type ProductInput,
  type ProductRow,
  slugOf,
  type VariantRow,
} from './catalog.model.ts';
import { findCategoriesOf, findVariants } from './catalog.repository.ts';
import { getProduct } from './catalog.service.ts';
import { planVariants, type VariantPlan } from './product-draft.model.ts';
import {
  blank,
  categoriesOf,
  differs,
  fieldsOf,
  type ProductFields,
  planOf,
} from './product-fields.model.ts';
import {
  archiveProduct,
  deleteUnordered,
  insertProduct,
  insertVariants,
  lockProduct,
  removeVariants,
  setCategories,
  slugsLike,
  slugTaken,
  touchProduct,
  updateProductRow,
  updateVariant,
} from './write-product.repository.ts';

/** A new product: it needs a name and at least one variant. */
export type NewProduct = ProductInput & Required<Pick<ProductInput, 'title' | 'variants'>>;

/**
 * Puts a product into the catalogue, with the stock of its variants.
 * @throws ShopError validation_failed; conflict when a given slug is taken.
 */
export function createProduct(db: Db, input: NewProduct, actorId: string | null): Promise<Product> {
  return inTransaction(db, async (tx) => {
    const id = await addProduct(tx, input, actorId);
    const product = await getProduct(tx, id, { all: true });
    const detail = { status: product.status, variants: product.variants.length };
    await note(tx, { act: 'product.created', subject: id, detail });
    return product;
  });
}

/**
 * Changes what is given and leaves the rest; without a difference nothing happens at all. `seen` is when the product was
 * changed last, as whoever asks saw it; left out: they change it whatever it is.
 * @throws ShopError not_found; validation_failed; conflict when a slug is taken, stock would go below what is reserved,
 * or somebody else changed it since it was seen.
 */
export function updateProduct(
  db: Db,
  idOrSlug: string,
  input: ProductInput,
  actorId: string | null,
  { seen }: { readonly seen?: string } = {},
): Promise<Product> {
  return inTransaction(db, async (tx) => {
    const product = await lockByName(tx, idOrSlug);
    const fields = await changeProduct(tx, product, input, actorId);
    const isStale = seen !== undefined && seen !== product.updated_at.toISOString();
    // What is as it is asked to be, it was asked for twice.
    if (isStale && fields.length > 0) throw changedMeanwhile();
    const changed = await getProduct(tx, product.id, { all: true });
    const detail = { fields, status: changed.status };
    if (fields.length > 0) await note(tx, { act: 'product.updated', subject: product.id, detail });
    return changed;
  });
}

/** Deletes a product, or archives it where orders refer to it. @throws ShopError not_found */
export function deleteProduct(db: Db, idOrSlug: string): Promise<void> {
  return inTransaction(db, async (tx) => {
    const product = await lockByName(tx, idOrSlug);
    const variants = await findVariants(tx, [product.id]);
    await holdStock(
      tx,
      variants.map(({ id }) => id),
    );
    if (await deleteUnordered(tx, product.id)) {
      await recordProduct(tx, 'deleted', product);
      return note(tx, { act: 'product.deleted', subject: product.id, detail: {} });
    }
    if (product.status === 'archived') return;
    await archiveProduct(tx, product.id);
    await recordProduct(tx, 'archived', { ...product, status: 'archived' });
    await note(tx, { act: 'product.archived', subject: product.id, detail: {} });
  });
}

/** As createProduct, in a transaction of the caller's; returns the new id. */
export async function addProduct(
  tx: Tx,
  input: NewProduct,
  actorId: string | null,
): Promise<string> {
  const id = newId();
  const plan = planVariants({ variants: [], options: [], images: [] }, input, newId);
  const fields = fieldsOf(input, plan, blank);
  const product = { id, ...fields, slug: await insertUnderSlug(tx, id, fields, input.slug) };
  await insertVariants(tx, id, plan.variants);
  await openStock(tx, plan.stock, actorId);
  await setCategories(tx, id, categoriesOf(input.categories ?? []));
  await recordProduct(tx, 'created', product);
  return id;
}

/** As updateProduct, for a locked product in a transaction of the caller's; returns the names of what changed. */
export async function changeProduct(
  tx: Tx,
  product: ProductRow,
  input: ProductInput,
  actorId: string | null,
): Promise<string[]> {
  const standing = await findVariants(tx, [product.id]);
  const plan = planVariants({ ...product, variants: standing }, input, newId);
  const fields = fieldsOf(input, plan, product);
  const steps = stepsFrom(standing, plan);
  // Stock first, as orders lock it, and only then rows that orders may refer to.
  const held = await holdStock(tx, [
    ...steps.gone.map(({ id }) => id),
    ...steps.restocked.map(({ variantId }) => variantId),
  ]);
  const before = fieldsOf({}, planOf(product), product);
  const renewed = changedNames(before, fields);
  if (renewed.length > 0) await updateProductRow(tx, product.id, fields);
  const varied = await changeVariants(tx, product.id, steps, held, actorId);
  const sorted = await changeCategories(tx, product.id, input.categories);
  const changed = [...renewed, ...(varied ? ['variants'] : []), ...(sorted ? ['categories'] : [])];
  if (changed.length === 0) return [];
  if (renewed.length === 0) await touchProduct(tx, product.id);
  await recordProduct(tx, 'updated', { id: product.id, ...fields });
  return changed;
}

function changedNames(before: ProductFields, after: ProductFields): string[] {
  const names = Object.keys(after) as (keyof ProductFields)[];
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** What has to be done to get from the variants that stand to those of the plan. */
function stepsFrom(standing: readonly VariantRow[], plan: VariantPlan) {
  const before = new Map(standing.map((variant) => [variant.id, variant]));
  const kept = new Set(plan.variants.map(({ id }) => id));
  return {
    added: plan.variants.filter(({ id }) => !before.has(id)),
    opened: plan.stock.filter(({ variantId }) => !before.has(variantId)),
    changed: plan.variants.filter((variant) => differs(before.get(variant.id), variant)),
    gone: standing.filter(({ id, archived_at }) => archived_at === null && !kept.has(id)),
    restocked: plan.stock.filter(
      ({ variantId, onHand, policy }) =>
        before.has(variantId) && (onHand !== undefined || policy !== undefined),
    ),
  };
}

async function changeVariants(
  tx: Tx,
  productId: string,
  { added, opened, changed, gone, restocked }: ReturnType<typeof stepsFrom>,
  held: Awaited<ReturnType<typeof holdStock>>,
  actorId: string | null,
): Promise<boolean> {
  if (gone.length > 0)
    await removeVariants(
      tx,
      gone.map(({ id }) => id),
    );
  for (const variant of changed) await updateVariant(tx, variant);
  await insertVariants(tx, productId, added);
  await openStock(tx, opened, actorId);
  const reason = 'Set in the catalogue';
  const moved = await setStock(tx, held, restocked, { actorId, reason });
  return added.length + changed.length + gone.length + moved > 0;
}

async function changeCategories(
  tx: Tx,
  productId: string,
  given: readonly string[] | undefined,
): Promise<boolean> {
  if (given === undefined) return false;
  const wanted = categoriesOf(given);
  const current = await findCategoriesOf(tx, [productId]);
  const slugs = (categories: readonly Category[]) => categories.map(({ slug }) => slug).sort();
  if (isDeepStrictEqual(slugs(wanted), slugs(current))) return false;
  await setCategories(tx, productId, wanted);
  return true;
}

/** Inserts under the given slug, or under the first free one made from the title. */
async function insertUnderSlug(
  tx: Tx,
  id: string,
  fields: ProductFields,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined) {
    if (await insertProduct(tx, id, fields)) return given;
    throw slugTaken(given);
  }
  const base = slugOf(fields.title) || 'product';
  for (;;) {
    const taken = await slugsLike(tx, base);
    let slug = base;
    for (let suffix = 2; taken.has(slug) || isId(slug); suffix += 1) slug = `${base}-${suffix}`;
    if (await insertProduct(tx, id, { ...fields, slug })) return slug;
  }
}

async function lockByName(tx: Tx, idOrSlug: string): Promise<ProductRow> {
  const by = isId(idOrSlug) ? { id: idOrSlug } : { slug: idOrSlug };
  const product = await lockProduct(tx, by);
  if (!product) throw notFound('The product');
  return product;
}

function recordProduct(
  tx: Tx,
  what: 'created' | 'updated' | 'archived' | 'deleted',
  { id, slug, title, status }: Pick<ProductRow, 'id' | 'slug' | 'title' | 'status'>,
): Promise<void> {
  changesCatalogue(tx);
  return recordEvents(tx, [event(`product.${what}`, id, { slug, title, status })]);
}
