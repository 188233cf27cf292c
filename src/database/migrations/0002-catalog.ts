import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE EXTENSION IF NOT EXISTS pg_trgm`.execute(db);
  // array_to_string is only STABLE in general; for text it is as immutable as a generated column needs.
  await sql`
    CREATE FUNCTION product_words(title text, vendor text, type text, tags text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN title || ' ' || vendor || ' ' || type || ' ' || array_to_string(tags, ' ')`.execute(db);
  await sql`
    CREATE TABLE products (
      id uuid PRIMARY KEY,
      slug text NOT NULL UNIQUE,
      title text NOT NULL,
      description text NOT NULL DEFAULT '',
      status text NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
      vendor text NOT NULL DEFAULT '',
      type text NOT NULL DEFAULT '',
      tags text[] NOT NULL DEFAULT '{}',
      options jsonb NOT NULL DEFAULT '[]',
      images jsonb NOT NULL DEFAULT '[]',
      currency char(3) NOT NULL,
      -- Of the variants on sale, so that lists sort and filter by one index.
      min_price bigint NOT NULL CHECK (min_price >= 0),
      -- Short enough for an index entry and for a cursor.
      sort_title text GENERATED ALWAYS AS (left(lower(title), 60)) STORED,
      search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') ||
        setweight(to_tsvector('english', product_words('', vendor, type, tags)), 'B') ||
        setweight(to_tsvector('english', description), 'D')) STORED,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (id, currency)
    )`.execute(db);
  await sql`CREATE INDEX products_status_idx ON products (status, id DESC)`.execute(db);
  await sql`CREATE INDEX products_min_price_idx ON products (min_price, id)`.execute(db);
  await sql`CREATE INDEX products_sort_title_idx ON products (sort_title, id)`.execute(db);
  await sql`CREATE INDEX products_vendor_idx ON products (vendor, id DESC)`.execute(db);
  await sql`CREATE INDEX products_tags_idx ON products USING gin (tags)`.execute(db);
  await sql`CREATE INDEX products_search_idx ON products USING gin (search)`.execute(db);
  await sql`
    CREATE TABLE variants (
      id uuid PRIMARY KEY,
      product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
      position integer NOT NULL,
      sku text NOT NULL DEFAULT '',
      title text NOT NULL,
      options jsonb NOT NULL DEFAULT '{}',
      -- What tells a product's variants apart: their option values, since a SKU may be missing or used twice.
      option_key text NOT NULL,
      price bigint NOT NULL CHECK (price >= 0),
      compare_at_price bigint CHECK (compare_at_price >= 0),
      currency char(3) NOT NULL,
      image_url text,
      archived_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      -- Checked at commit: variants may swap their option values.
      UNIQUE (product_id, option_key) DEFERRABLE INITIALLY DEFERRED,
      CONSTRAINT variants_one_currency FOREIGN KEY (product_id, currency)
        REFERENCES products (id, currency) ON UPDATE CASCADE ON DELETE CASCADE
    )`.execute(db);
  await sql`CREATE INDEX variants_sku_idx ON variants (sku) WHERE sku <> ''`.execute(db);
  await sql`
    CREATE TABLE categories (
      id uuid PRIMARY KEY,
      slug text NOT NULL UNIQUE,
      name text NOT NULL
    )`.execute(db);
  await sql`
    CREATE TABLE product_categories (
      product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
      category_id uuid NOT NULL REFERENCES categories ON DELETE CASCADE,
      PRIMARY KEY (product_id, category_id)
    )`.execute(db);
  await sql`CREATE INDEX product_categories_category_id_idx ON product_categories (category_id, product_id DESC)`.execute(
    db,
  );
  await createSearchWords(db);
}

/** The words of names, types, vendors and tags: what a mistyped query word may have meant. */
async function createSearchWords(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE search_words (
      word text PRIMARY KEY,
      stem text GENERATED ALWAYS AS ((ts_lexize('english_stem', word))[1]) STORED
    )`.execute(db);
  await sql`CREATE INDEX search_words_stem_idx ON search_words (stem text_pattern_ops)`.execute(db);
  await sql`CREATE INDEX search_words_trigram_idx ON search_words USING gist (word gist_trgm_ops (siglen = 64))`.execute(
    db,
  );
  // In order, so that two transactions that add the same words wait for each other without a deadlock.
  await sql`
    CREATE FUNCTION remember_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO search_words (word)
      SELECT DISTINCT word
      FROM changed, unnest(tsvector_to_array(
        to_tsvector('simple', product_words(title, vendor, type, tags)))) AS word
      WHERE word ~ '^[[:alpha:]]{3,40}$'
        AND NOT EXISTS (SELECT FROM search_words known WHERE known.word = word.word)
      ORDER BY word
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER products_words_inserted AFTER INSERT ON products
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION remember_search_words()`.execute(
    db,
  );
  await sql`
    CREATE TRIGGER products_words_updated AFTER UPDATE ON products
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION remember_search_words()`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE search_words, product_categories, categories, variants, products`.execute(
    db,
  );
  await sql`DROP FUNCTION remember_search_words`.execute(db);
  await sql`DROP FUNCTION product_words`.execute(db);
  await sql`DROP EXTENSION pg_trgm`.execute(db);
}
