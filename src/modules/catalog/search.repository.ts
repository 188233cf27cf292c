import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import { kept } from '../../database/kept-plans.ts';
import type { ProductRow, ProductStatus } from './catalog.model.ts';
import { productColumns } from './catalog.repository.ts';
import { type AskedWord, type Block, LONGEST_BEGINNING, type SearchQuery } from './search.model.ts';

/** How many longer words a beginning stands for in descriptions. */
const COMPLETIONS = 32;

/**
 * The words that PostgreSQL reads in a text, small ones left out: their stems, words of descriptions that begin with
 * these, and for those that no name bears, words of names that a few slips could make of them. Names that are gone
 * count, which is quick, but where it is to look what names bear `now`.
 */
export async function findWords(
  db: Db,
  text: string,
  { forgiving, status, now }: { forgiving: boolean; status: ProductStatus | 'all'; now: boolean },
): Promise<AskedWord[]> {
  // What is asked stands in SELECTs of its own: where PostgreSQL sees it, it plans anew each time (`database/arrays.ts`).
  const { rows } = await sql<AskedWord>`${kept}
    SELECT word, stems, borne,
      ARRAY(
        SELECT longer.lexeme FROM unnest(stems) AS stem, LATERAL (
          SELECT lexeme FROM search_lexemes
          WHERE lexeme > stem COLLATE "C" AND lexeme < stem || chr(1114111) COLLATE "C"
            -- No word that somebody began to type; and of 2046 bytes, which a text may have, a query takes none.
            AND octet_length(lexeme) < 256
          ORDER BY lexeme LIMIT ${COMPLETIONS}) AS longer) AS completions,
      -- Whoever types may have begun an ending, which stems lack; and a last y is kept, which stemming makes an i.
      ARRAY(
        SELECT stem COLLATE "C" FROM search_spellings
        WHERE stem COLLATE "C" = ANY (ARRAY(SELECT left(asked.word, letters) FROM generate_series(2, length(asked.word) - 1) AS letters))
          AND starts_with(word, asked.word)
        UNION SELECT asked.word COLLATE "C" WHERE asked.word ~ '^[[:alpha:]]+y$') AS begun,
      CASE WHEN borne OR NOT forgivable THEN '[]'::json ELSE (
        SELECT coalesce(json_agg(json_build_object('word', near.word, 'stem', near.stem)), '[]')
        FROM search_spellings AS near
        WHERE search_slips(near.word) && search_slips(asked.word)) END AS near
    FROM (
      SELECT word, stems, forgivable, forgivable AND EXISTS (
        SELECT FROM search_spellings
        WHERE stem >= stems[1] COLLATE "C" AND stem < stems[1] || chr(1114111) COLLATE "C"
      ) AND (NOT (SELECT ${now}::boolean) OR EXISTS (
        SELECT FROM newest_places(ARRAY[quote_literal('^' || left(stems[1], ${LONGEST_BEGINNING}::int))]::tsquery[],
          (SELECT ${statusesOf(status)}::text[]), ${Number.MAX_SAFE_INTEGER}, 0, 1))) AS borne
      FROM (
        SELECT word, tsvector_to_array(to_tsvector('english', word)) AS stems,
          (SELECT ${forgiving}::boolean) AND word ~ '^[[:alpha:]]{4,}$' AS forgivable
        FROM unnest(tsvector_to_array(to_tsvector('simple', search_text((SELECT ${text}::text))))) AS word
        LIMIT 12
      ) AS read
      WHERE cardinality(stems) > 0
    ) AS asked`.execute(db);
  return rows;
}

const statusesOf = (status: ProductStatus | 'all'): string[] =>
  status === 'all' ? ['draft', 'active', 'archived'] : [status];

export type FoundProduct = ProductRow & {
  /** A whole number, so that a cursor holds it exactly. */
  score: number;
  /** Where the products of its block stand in the order of creation, and how many they are. */
  first: number;
  last: number;
  size: number;
};

/** The products of a block, best first, that come after what was shown of it. */
export function findInBlock(
  db: Db,
  { asked, ranked }: SearchQuery,
  status: ProductStatus | 'all',
  { before, after, shown }: Block,
  { most, limit }: { most: number; limit: number },
): Promise<FoundProduct[]> {
  const matches = sql<{
    product_id: string;
    score: number;
    first: number;
    last: number;
    size: number;
  }>`(
    SELECT product_id, min(place) OVER () AS first, max(place) OVER () AS last, count(*) OVER () AS size,
      -- 1: a match among many words counts for less.
      round(1e6 * ts_rank('{0, 0, 0.4, 1}', names, ${ranked}::tsquery, 1))::bigint AS score
    FROM newest_places(${asked}::tsquery[], ${statusesOf(status)}::text[], ${before}, ${after}, ${most}) AS match (place),
      -- LIMIT: each by its place, never by reading all.
      LATERAL (SELECT product_id, names FROM product_search WHERE product_search.place = match.place LIMIT 1) AS kept)`.as(
    'matches',
  );
  const page = db
    .selectFrom(matches)
    .selectAll()
    .$if(shown !== null, (found) =>
      found.where(sql<boolean>`(score, product_id) < (${sql.join(shown ?? [])})`),
    )
    .orderBy('score', 'desc')
    .orderBy('product_id', 'desc')
    .limit(sql<number>`(SELECT ${limit}::int)`);
  return db
    .selectFrom(page.as('page'))
    .innerJoin('products', 'products.id', 'page.product_id')
    .select(productColumns)
    .select(['score', 'first', 'last', 'size'])
    .orderBy('score', 'desc')
    .orderBy('id', 'desc')
    .modifyEnd(kept)
    .execute();
}
