import { type Kysely, type RawBuilder, sql } from 'kysely';

export const phase = 'expand';
export const transaction = false;

/** Products from before 0038 whose words that changes are found by the new ones too. All others are only looked at. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // By the triggers, in the order in which others lock products too.
  await inBatches(
    db,
    sql`
      UPDATE products SET updated_at = updated_at WHERE id IN (
        SELECT id FROM products JOIN product_search ON product_id = id,
          LATERAL product_lexemes(title, vendor, type, tags, description, search) AS lexemes
        WHERE id IN (SELECT id FROM batch)
          AND (names, texts) IS DISTINCT FROM (search_names(lexemes), search_texts(lexemes))
        ORDER BY id FOR NO KEY UPDATE OF products)`,
  );
}

/** Goes through all products by id, so many at once. */
async function inBatches(db: Kysely<unknown>, renewal: RawBuilder<unknown>): Promise<void> {
  for (let last: string | undefined = '00000000-0000-0000-0000-000000000000'; last; ) {
    const { rows } = await sql<{ id: string }>`
      WITH batch AS (SELECT id FROM products WHERE id > ${last} ORDER BY id LIMIT 200), renewed AS (${renewal})
      SELECT id FROM batch ORDER BY id DESC LIMIT 1`.execute(db);
    last = rows[0]?.id;
  }
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await inBatches(
    db,
    sql`
      UPDATE product_search SET names = search_names(search), texts = search_texts(search)
      FROM (SELECT id, search FROM products WHERE id IN (SELECT id FROM batch) ORDER BY id FOR NO KEY UPDATE) AS product
      WHERE product_id = id AND (names, texts) IS DISTINCT FROM (search_names(search), search_texts(search))`,
  );
}
