import type pg from 'pg';
import { withoutIndexes } from './indexes.ts';
import { any, idOf, priceOf, random, rank } from './numbers.ts';
import { onConnection, type Run } from './run.ts';

/** The most used words, which come first: things that are product types too, and materials. */
const known =
  'kettle board bowl towel socks lantern mug clock pan belt jacket basket vase tray lamp blanket notebook scissors stool knife ' +
  'copper oak walnut linen wool stoneware enamel brass steel leather';

const WORDS = 60_000;
const SENTENCES = 20_000;
const TYPES = 300;
const WORDS_OF_A_TYPE = 150;
const CATEGORIES = 200;

/** The tables of the catalogue, which `withoutIndexes` takes. */
export const CATALOGUE_TABLES = [
  'products',
  'product_search',
  'product_facets',
  'product_categories',
  'variants',
  'stock_levels',
  'stock_movements',
];

/** Fills an empty catalogue by SQL alone, always with the same for a count. It has no events. */
export async function loadCatalogue(pool: pg.Pool, count: number): Promise<void> {
  await onConnection(pool, async (run) => {
    await withoutIndexes(run, CATALOGUE_TABLES, () =>
      fillCatalogue(run, { after: 0, count, keysInPlace: false }),
    );
    await run('VACUUM (ANALYZE)');
  });
}

/**
 * Products of some 60 words with two variants each, numbered on `after` those that are there. Words, types, vendors,
 * tags and categories are used as real ones are, a few very often and most hardly ever (Zipf and Mandelbrot), and half
 * of a title's words are of its type, so that words come together often, or never.
 */
export async function fillCatalogue(
  run: Run,
  { after, count, keysInPlace }: { after: number; count: number; keysInPlace: boolean },
): Promise<void> {
  await makeVocabulary(run);
  await run(CATEGORIES_OF_ALL);
  // Triggers of the products see their categories; without them they are put in by triggers of the categories.
  const first = keysInPlace ? [PRODUCTS, IN_CATEGORIES] : [IN_CATEGORIES, PRODUCTS];
  for (const statement of [...first, ...DETAILS]) await run(statement, [after + 1, after + count]);
}

/** Words by rank, most of them made of syllables, and sentences of ten of them. */
async function makeVocabulary(run: Run): Promise<void> {
  await run(
    `CREATE TEMP TABLE words AS
     SELECT row_number() OVER (ORDER BY min(place)) - 1 AS rank, word
     FROM (
       SELECT word, place FROM unnest(string_to_array($1, ' ')) WITH ORDINALITY AS given (word, place)
       UNION ALL
       SELECT string_agg(substr('bcdfghklmnprstvw', 1 + (bits & 15), 1) || substr('aeiou', 1 + (bits >> 4) % 5, 1)
         || CASE WHEN bits % 3 = 0 THEN substr('nrslt', 1 + (bits >> 8) % 5, 1) ELSE '' END, ''), 100 + n
       FROM generate_series(1, ${WORDS * 2}) AS n, generate_series(1, 2 + n % 3) AS part,
         LATERAL (SELECT (hashint8extended(n, part) & 65535)::int AS bits) AS hashed
       GROUP BY n
     ) AS made
     GROUP BY word ORDER BY rank LIMIT ${WORDS}`,
    [known],
  );
  await run(
    `CREATE TEMP TABLE sentences AS
     SELECT s, initcap(left(text, 1)) || substr(text, 2) || '.' AS text
     FROM (
       SELECT s, string_agg(word, ' ' ORDER BY place) AS text
       FROM generate_series(0, ${SENTENCES - 1}) AS s, generate_series(0, 9) AS place,
         LATERAL (SELECT ${rank('s * 10 + place', 1, WORDS)} AS rank) AS drawn JOIN words USING (rank)
       GROUP BY s
     ) AS written`,
  );
  await run('ANALYZE words');
  await run('ANALYZE sentences');
}

const PRODUCTS = `
  INSERT INTO products (id, slug, title, description, status, vendor, type, tags, currency, min_price)
  SELECT ${idOf('n', '0')}, 'product-' || n,
    initcap(any_word.word || ' ' || typical.word || ' ' || thing.word || ' ' || other_word.word || ' ' || detail.word)
      || CASE WHEN n % 2 = 0 THEN ' ' || ${rank('n', 11, 5000)} ELSE '' END,
    '<p>' || one.text || ' ' || two.text || ' ' || three.text || ' ' || four.text || '</p>',
    CASE WHEN ${random('n', 12)} < 0.02 THEN 'draft' ELSE 'active' END,
    initcap(maker.word), thing.word,
    ARRAY['tag' || ${rank('n', 14, 2000)}, 'tag' || ${rank('n', 15, 2000)}]
      || CASE WHEN ${random('n', 16)} < 0.1 THEN '{sale}'::text[] ELSE '{}' END,
    'USD', ${priceOf('n')}
  FROM (
    SELECT n, ${rank('n', 20, TYPES)} AS type FROM generate_series($1::int, $2::int) AS n ORDER BY n
  ) AS numbered
    JOIN words AS thing ON thing.rank = type
    JOIN words AS any_word ON any_word.rank = ${rank('n', 21, WORDS)}
    JOIN words AS other_word ON other_word.rank = ${rank('n', 22, WORDS)}
    JOIN words AS typical ON typical.rank = 500 + type * ${WORDS_OF_A_TYPE} + ${rank('n', 23, WORDS_OF_A_TYPE)}
    JOIN words AS detail ON detail.rank = 500 + type * ${WORDS_OF_A_TYPE} + ${rank('n', 24, WORDS_OF_A_TYPE)}
    JOIN words AS maker ON maker.rank = 1000 + ${rank('n', 25, 5000)}
    JOIN sentences AS one ON one.s = ${any('n', 26, SENTENCES)}
    JOIN sentences AS two ON two.s = ${any('n', 27, SENTENCES)}
    JOIN sentences AS three ON three.s = ${any('n', 28, SENTENCES)}
    JOIN sentences AS four ON four.s = ${any('n', 29, SENTENCES)}
  ORDER BY n`;

const CATEGORIES_OF_ALL = `
  INSERT INTO categories (id, slug, name)
  SELECT ${idOf('n', '9')}, 'category-' || n, 'Category ' || n
  FROM generate_series(1, ${CATEGORIES}) AS n
  ON CONFLICT DO NOTHING`;
const IN_CATEGORIES = `
  INSERT INTO product_categories (product_id, category_id)
  SELECT DISTINCT ${idOf('n', '0')}, ${idOf(`1 + ${rank('n * 2 + place', 31, CATEGORIES)}`, '9')}
  FROM generate_series($1::int, $2::int) AS n, generate_series(0, 1) AS place`;

const VARIANTS_OF_ALL =
  'generate_series($1::int, $2::int) AS n CROSS JOIN generate_series(0, 1) AS place';
const DETAILS = [
  `INSERT INTO variants (id, product_id, position, sku, title, options, option_key, price, currency)
   SELECT ${idOf('n', 'place + 1')}, ${idOf('n', '0')}, place, 'SKU-' || n || '-' || place, place::text,
     jsonb_build_object('Size', place::text), place::text, ${priceOf('n')} + place * 100, 'USD'
   FROM ${VARIANTS_OF_ALL}`,
  `INSERT INTO stock_levels (variant_id, on_hand, policy)
   SELECT ${idOf('n', 'place + 1')}, CASE WHEN ${random('n * 2 + place', 30)} < 0.4 THEN 0 ELSE 1 + n % 40 END, 'deny'
   FROM ${VARIANTS_OF_ALL}`,
  `INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta)
   SELECT variant_id, 'receipt', on_hand, 0
   FROM ${VARIANTS_OF_ALL} JOIN stock_levels ON variant_id = ${idOf('n', 'place + 1')}
   WHERE on_hand > 0`,
];
