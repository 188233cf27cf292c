import { type Kysely, sql } from 'kysely';

/**
 * Lists of a category, a tag or a vendor in any order by one index, however many products there are and bear it. Filled
 * beside the traffic, as 0027 is.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`SET LOCAL statement_timeout = 0`.execute(db);
  await sql`SET LOCAL maintenance_work_mem = '256MB'`.execute(db);
  await sql`
    CREATE TABLE product_facets (
      product_id uuid NOT NULL,
      facet bigint NOT NULL,
      -- As the product's own, so that one index has both.
      min_price bigint NOT NULL,
      sort_title text NOT NULL
    )`.execute(db);
  await createFunctions(db);
  await sql`
    INSERT INTO product_facets
    SELECT id, facet, min_price, sort_title FROM products, product_facets_of(id, vendor, tags) AS facet`.execute(
    db,
  );
  await sql`ALTER TABLE product_facets ADD PRIMARY KEY (product_id, facet)`.execute(db);
  // With the price, so that a list within bounds of it reads the index alone.
  await sql`CREATE INDEX product_facets_newest_idx ON product_facets (facet, product_id) INCLUDE (min_price)`.execute(
    db,
  );
  await sql`CREATE INDEX product_facets_price_idx ON product_facets (facet, min_price, product_id)`.execute(
    db,
  );
  await sql`
    CREATE INDEX product_facets_title_idx ON product_facets (facet, sort_title, product_id)
    INCLUDE (min_price)`.execute(db);
  await sql`ANALYZE product_facets`.execute(db);
  await createTriggers(db);
}

async function createFunctions(db: Kysely<unknown>): Promise<void> {
  // Short whatever it is of; two that come to the same are told apart by the product itself.
  await sql`
    CREATE FUNCTION product_facet(kind text, value text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hashtextextended(kind || ' ' || value, 0)`.execute(
    db,
  );
  await sql`
    CREATE FUNCTION product_facets_of(id uuid, vendor text, tags text[]) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
    BEGIN ATOMIC
      SELECT product_facet('vendor', vendor)
      UNION SELECT product_facet('tag', tag) FROM unnest(tags) AS tag
      UNION SELECT product_facet('category', category_id::text)
        FROM product_categories WHERE product_id = product_facets_of.id;
    END`.execute(db);
  await sql`
    CREATE FUNCTION add_product_facets() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO product_facets
      SELECT id, facet, min_price, sort_title FROM changed, product_facets_of(id, vendor, tags) AS facet;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE FUNCTION renew_product_facets() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      ids constant uuid[] := ARRAY(
        SELECT id FROM changed JOIN former USING (id)
        WHERE (changed.vendor, changed.tags, changed.min_price, changed.sort_title)
          IS DISTINCT FROM (former.vendor, former.tags, former.min_price, former.sort_title));
    BEGIN
      IF cardinality(ids) = 0 THEN RETURN NULL; END IF;
      DELETE FROM product_facets WHERE product_id = ANY (ids);
      INSERT INTO product_facets
      SELECT id, facet, min_price, sort_title FROM changed, product_facets_of(id, vendor, tags) AS facet
      WHERE id = ANY (ids);
      RETURN NULL;
    END $$`.execute(db);
  // Under the product's lock, so that a price that is changed meanwhile is the one that is kept.
  await sql`
    CREATE FUNCTION add_category_facets() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO product_facets
      SELECT id, product_facet('category', category_id::text), min_price, sort_title
      FROM changed JOIN products ON id = product_id
      ORDER BY id FOR NO KEY UPDATE OF products
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE FUNCTION remove_category_facets() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM product_facets USING former
      WHERE product_facets.product_id = former.product_id
        AND facet = product_facet('category', category_id::text);
      RETURN NULL;
    END $$`.execute(db);
}

/** From here on until the commit, writers of products wait. */
async function createTriggers(db: Kysely<unknown>): Promise<void> {
  await sql`LOCK TABLE products, product_categories IN SHARE ROW EXCLUSIVE MODE`.execute(db);
  await sql`
    ALTER TABLE product_facets
      ADD CONSTRAINT product_facets_product_id_fkey
      FOREIGN KEY (product_id) REFERENCES products ON DELETE CASCADE NOT VALID`.execute(db);
  for (const trigger of [
    sql`products_facets_inserted AFTER INSERT ON products
      REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION add_product_facets()`,
    sql`products_facets_updated AFTER UPDATE ON products
      REFERENCING NEW TABLE AS changed OLD TABLE AS former
      FOR EACH STATEMENT EXECUTE FUNCTION renew_product_facets()`,
    sql`categories_facets_inserted AFTER INSERT ON product_categories
      REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION add_category_facets()`,
    sql`categories_facets_deleted AFTER DELETE ON product_categories
      REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION remove_category_facets()`,
  ])
    await sql`CREATE TRIGGER ${trigger}`.execute(db);
  // What was committed while this ran, by transactions that may have begun before it.
  const late = sql`updated_at > now() - interval '5 minutes'`;
  await sql`
    DELETE FROM product_facets USING products WHERE id = product_id AND ${late}`.execute(db);
  await sql`
    INSERT INTO product_facets
    SELECT id, facet, min_price, sort_title FROM products, product_facets_of(id, vendor, tags) AS facet
    WHERE ${late}`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TRIGGER products_facets_inserted ON products`.execute(db);
  await sql`DROP TRIGGER products_facets_updated ON products`.execute(db);
  await sql`DROP TRIGGER categories_facets_inserted ON product_categories`.execute(db);
  await sql`DROP TRIGGER categories_facets_deleted ON product_categories`.execute(db);
  await sql`DROP TABLE product_facets`.execute(db);
  for (const name of [
    'add_product_facets',
    'renew_product_facets',
    'add_category_facets',
    'remove_category_facets',
    'product_facets_of',
    'product_facet',
  ])
    await sql`DROP FUNCTION ${sql.ref(name)}`.execute(db);
}
