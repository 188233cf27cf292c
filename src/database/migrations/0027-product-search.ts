import { type Kysely, sql } from 'kysely';
import { createSearch, WINDOWS } from './0027-newest-matches.ts';

/**
 * An index for searches whose cost has a bound (docs/decisions/0022). What the version before searches by stays. With
 * a million products this takes minutes, in which the catalogue is written as ever: writers wait only at the end, while
 * what they wrote meanwhile is caught up with.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`SET LOCAL statement_timeout = 0`.execute(db);
  await sql`SET LOCAL maintenance_work_mem = '256MB'`.execute(db);
  await createTables(db);
  await createTerms(db);
  await createSearch(db);
  await createSpellings(db);
  await sql`
    INSERT INTO product_search (product_id, status, names, texts)
    SELECT id, status, search_names(search), search_texts(search) FROM products ORDER BY id`.execute(
    db,
  );
  await sql`
    INSERT INTO search_lexemes
    SELECT DISTINCT lexeme FROM product_search, unnest(tsvector_to_array(texts)) AS lexeme`.execute(
    db,
  );
  // Without a list of what is pending, which every search would have to read.
  await sql`
    CREATE INDEX product_search_terms_idx ON product_search
    USING gin (search_terms(place, status, names, texts)) WITH (fastupdate = off)`.execute(db);
  await sql`ANALYZE product_search`.execute(db);
  await createKeeping(db);
  await catchUp(db);
}

async function createTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE product_search (
      product_id uuid PRIMARY KEY,
      -- In the order of creation and without its gaps in time, so that windows of places hold so many products.
      place bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      status text NOT NULL,
      names tsvector NOT NULL,
      texts tsvector NOT NULL
    )`.execute(db);
  await sql`CREATE TABLE search_lexemes (lexeme text COLLATE "C" PRIMARY KEY)`.execute(db);
}

/**
 * Finds the words that a mistyped one is a few slips from by what they have in common: their first seven letters
 * without any two of these (symmetric deletion). However many words there are, 29 look-ups at most find them.
 */
async function createSpellings(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION search_slips(word text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
    DECLARE
      beginning constant text := left(word, 7);
      letters constant integer := length(beginning);
      slips text[] := '{}';
    BEGIN
      -- The two places after the last letter are none: one is left out, or nothing.
      FOR i IN 1..letters + 1 LOOP
        FOR j IN i + 1..letters + 2 LOOP
          slips := slips || (left(beginning, i - 1) || substr(beginning, i + 1, j - i - 1) || substr(beginning, j + 1));
        END LOOP;
      END LOOP;
      RETURN slips;
    END $$`.execute(db);
  // A table of its own, as an index of search_words would keep products from being written while it is built.
  await sql`CREATE TABLE search_spellings (word text PRIMARY KEY, stem text COLLATE "C" NOT NULL)`.execute(
    db,
  );
  await sql`
    CREATE FUNCTION keep_search_spellings() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO search_spellings
      SELECT word, stem FROM added WHERE stem IS NOT NULL ORDER BY word
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    INSERT INTO search_spellings SELECT word, stem FROM search_words WHERE stem IS NOT NULL`.execute(
    db,
  );
  await sql`CREATE INDEX search_spellings_stem_idx ON search_spellings (stem)`.execute(db);
  await sql`
    CREATE INDEX search_spellings_slips_idx ON search_spellings
    USING gin (search_slips(word)) WITH (fastupdate = off)`.execute(db);
}

/** What the index holds of a product, each kind under a mark of its own. */
async function createTerms(db: Kysely<unknown>): Promise<void> {
  // Of title, vendor, type and tags, with weights and positions to rank by.
  await sql`
    CREATE FUNCTION search_names(search tsvector) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ts_filter(search, '{a,b}')`.execute(db);
  // What the description has beyond these.
  await sql`
    CREATE FUNCTION search_texts(search tsvector) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ts_delete(strip(ts_filter(search, '{d}')), tsvector_to_array(ts_filter(search, '{a,b}')))`.execute(
    db,
  );
  // ^ each beginning of a word of the names (of a long word the first twenty), = a word of the description, and the
  // windows of 2^bits products that it was created among.
  await sql`
    CREATE FUNCTION search_terms(place bigint, status text, names tsvector, texts tsvector) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
    DECLARE
      terms text[] := '{}';
      lexeme text;
      bits integer;
    BEGIN
      FOREACH lexeme IN ARRAY tsvector_to_array(names) LOOP
        FOR letters IN 1..least(length(lexeme), 20) LOOP
          terms := terms || ('^' || left(lexeme, letters));
        END LOOP;
        IF length(lexeme) > 20 THEN terms := terms || ('^' || lexeme); END IF;
      END LOOP;
      FOREACH lexeme IN ARRAY tsvector_to_array(texts) LOOP
        terms := terms || ('=' || lexeme);
      END LOOP;
      FOREACH bits IN ARRAY ${WINDOWS} LOOP
        terms := terms || (status || '/' || bits || '/' || (place >> bits));
      END LOOP;
      RETURN array_to_tsvector(terms);
    END $$`.execute(db);
}

/** Keeps what is searched by as products are, in the statement that writes them. */
async function createKeeping(db: Kysely<unknown>): Promise<void> {
  // Lexemes in order, so that two transactions that add the same wait for each other without a deadlock.
  await sql`
    CREATE FUNCTION keep_product_search() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      WITH wanted AS (
        SELECT id, status, search_names(search) AS names, search_texts(search) AS texts FROM changed
      ), renewed AS (
        UPDATE product_search AS kept
        SET status = wanted.status, names = wanted.names, texts = wanted.texts
        FROM wanted
        WHERE kept.product_id = wanted.id
          AND (kept.status, kept.names, kept.texts) IS DISTINCT FROM (wanted.status, wanted.names, wanted.texts)
        RETURNING kept.texts
      ), added AS (
        INSERT INTO product_search (product_id, status, names, texts)
        SELECT id, status, names, texts FROM wanted
        WHERE NOT EXISTS (SELECT FROM product_search WHERE product_id = wanted.id)
        ORDER BY id
        RETURNING texts
      )
      INSERT INTO search_lexemes
      SELECT DISTINCT lexeme COLLATE "C"
      FROM (SELECT texts FROM renewed UNION ALL SELECT texts FROM added) AS written,
        unnest(tsvector_to_array(texts)) AS lexeme
      WHERE NOT EXISTS (SELECT FROM search_lexemes AS known WHERE known.lexeme = lexeme.lexeme COLLATE "C")
      ORDER BY 1
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$`.execute(db);
}

/** From here on until the commit, writers of products wait. */
async function catchUp(db: Kysely<unknown>): Promise<void> {
  await sql`LOCK TABLE products, search_words IN SHARE ROW EXCLUSIVE MODE`.execute(db);
  await sql`
    CREATE TRIGGER search_words_added AFTER INSERT ON search_words
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_search_spellings()`.execute(
    db,
  );
  await sql`
    INSERT INTO search_spellings
    SELECT word, stem FROM search_words WHERE stem IS NOT NULL
    ON CONFLICT DO NOTHING`.execute(db);
  await sql`
    ALTER TABLE product_search
      ADD CONSTRAINT product_search_product_id_fkey
      FOREIGN KEY (product_id) REFERENCES products ON DELETE CASCADE NOT VALID`.execute(db);
  await sql`
    CREATE TRIGGER products_search_inserted AFTER INSERT ON products
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_product_search()`.execute(
    db,
  );
  await sql`
    CREATE TRIGGER products_search_updated AFTER UPDATE ON products
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_product_search()`.execute(
    db,
  );
  // What was committed while this ran, by transactions that may have begun before it, has the triggers act.
  await sql`
    UPDATE products SET updated_at = updated_at
    WHERE updated_at > now() - interval '5 minutes'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TRIGGER products_search_inserted ON products`.execute(db);
  await sql`DROP TRIGGER products_search_updated ON products`.execute(db);
  await sql`DROP TRIGGER search_words_added ON search_words`.execute(db);
  await sql`DROP TABLE product_search, search_lexemes, search_spellings`.execute(db);
  for (const name of [
    'keep_product_search',
    'keep_search_spellings',
    'search_slips',
    'newest_matches',
    'search_terms',
    'search_texts',
    'search_names',
  ])
    await sql`DROP FUNCTION ${sql.ref(name)}`.execute(db);
}
