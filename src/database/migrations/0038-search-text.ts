import { type Kysely, type RawBuilder, sql } from 'kysely';

export const phase = 'expand';

/**
 * Products are found by words that PostgreSQL's parser takes for parts of paths, hosts and numbers (Black/White, No.5,
 * X-5), whichever way their accents are written. What the version before writes is found so too, by the same triggers.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createTexts(db);
  await createLexemes(db);
  await replaceKeeping(db, sql`product_lexemes(title, vendor, type, tags, description, search)`);
  await replaceRemembering(db, sql`search_name(product_words(title, vendor, type, tags))`);
  // Once it is granted whoever wrote by the functions from before has ended, so that the next migration sees their rows.
  await sql`LOCK TABLE products IN SHARE MODE`.execute(db);
}

/** What texts are made into before they are parsed: products' when they are written, and what is searched for. */
async function createTexts(db: Kysely<unknown>): Promise<void> {
  // Without lookbehinds, with which time grows by the square of the text; so does normalize's by that of a run of accents.
  // Tags of HTML go, as they are none any more without their slashes. U.S.A. is USA. Digits before a dot are a decimal's
  // unless a letter precedes them. A hyphen stays between letters, as the parser reads the whole and its parts.
  await sql`
    CREATE FUNCTION search_text(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(
      regexp_replace(
        regexp_replace(
          replace(replace(normalize(left($1, 10000)) || substr($1, 10001), 'ß', 'ss'), 'ẞ', 'ss'),
          '<[/!?[:alpha:]][^<>]*>', ' ', 'g'),
        '\\y([[:alpha:]])\\.(?=[[:alpha:]]\\y)', '\\1', 'g'),
      '[/~_]|[+-](?=\\d)|\\.(?!\\d)|([[:alpha:]]\\d*)\\.', '\\1 ', 'g')`.execute(db);
  // Hyphenated words of names also joined: wifi finds Wi-Fi.
  await sql`
    CREATE FUNCTION search_name(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
      read constant text := search_text(name);
    BEGIN
      RETURN concat_ws(' ', read, (
        SELECT string_agg(replace(hyphenated[1], '-', ''), ' ')
        FROM regexp_matches(read, '[[:alpha:]]+(?:-[[:alpha:]]+)+', 'g') AS hyphenated));
    END $$`.execute(db);
}

/** The words of a product, with weights as in `search`, and those of `search` that the version before asks for. */
async function createLexemes(db: Kysely<unknown>): Promise<void> {
  // The largest products have words for half a tsvector and more: they are found as the version before finds them.
  await sql`
    CREATE FUNCTION product_lexemes(title text, vendor text, type text, tags text[], description text, search tsvector)
    RETURNS tsvector LANGUAGE plpgsql IMMUTABLE AS $$
    DECLARE
      lexemes tsvector;
    BEGIN
      lexemes :=
        setweight(to_tsvector('english', search_name(title)), 'A') ||
        setweight(to_tsvector('english', search_name(product_words('', vendor, type, tags))), 'B') ||
        setweight(to_tsvector('english', search_text(description)), 'D');
      RETURN lexemes || ts_delete(search, tsvector_to_array(lexemes));
    EXCEPTION WHEN program_limit_exceeded THEN
      RETURN search;
    END $$`.execute(db);
}

/** `keep_product_search` as 0027 made it, of other lexemes than `search`. */
async function replaceKeeping(db: Kysely<unknown>, lexemes: RawBuilder<unknown>): Promise<void> {
  await sql`
    CREATE OR REPLACE FUNCTION keep_product_search() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      WITH read AS MATERIALIZED (
        SELECT id, status, ${lexemes} AS lexemes FROM changed
      ), wanted AS (
        SELECT id, status, search_names(lexemes) AS names, search_texts(lexemes) AS texts FROM read
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

/** `remember_search_words` as 0002 made it, of another text than `product_words`. */
async function replaceRemembering(db: Kysely<unknown>, text: RawBuilder<unknown>): Promise<void> {
  await sql`
    CREATE OR REPLACE FUNCTION remember_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO search_words (word)
      SELECT DISTINCT word
      FROM changed, unnest(tsvector_to_array(to_tsvector('simple', ${text}))) AS word
      WHERE word ~ '^[[:alpha:]]{3,40}$'
        AND NOT EXISTS (SELECT FROM search_words known WHERE known.word = word.word)
      ORDER BY word
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await replaceKeeping(db, sql`search`);
  await replaceRemembering(db, sql`product_words(title, vendor, type, tags)`);
  for (const name of ['product_lexemes', 'search_name', 'search_text'])
    await sql`DROP FUNCTION ${sql.ref(name)}`.execute(db);
}
