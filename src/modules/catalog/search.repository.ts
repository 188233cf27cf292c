import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import type { ProductRow, ProductStatus } from './catalog.model.ts';
import { productColumns } from './catalog.repository.ts';

/** The words that PostgreSQL reads in a text, and for those that no product bears, the nearest ones that some do. */
export async function findWords(
  db: Db,
  text: string,
): Promise<{ word: string; known: boolean; nearest: string[] }[]> {
  const { rows } = await sql<{ word: string; known: boolean; nearest: string[] }>`
    SELECT word, known, CASE WHEN known THEN '{}' ELSE ARRAY(
      SELECT near.word FROM search_words near ORDER BY near.word <-> asked.word LIMIT 60) END AS nearest
    FROM (
      SELECT word, word !~ '^[[:alpha:]]{4,}$' OR stem IS NULL OR EXISTS (
        SELECT FROM search_words
        WHERE search_words.stem ~>=~ asked.stem
          AND search_words.stem ~<~ (asked.stem || chr(1114111))) AS known
      FROM (
        SELECT word, (ts_lexize('english_stem', word))[1] AS stem
        FROM unnest(tsvector_to_array(to_tsvector('simple', ${text}))) AS word
        LIMIT 12
      ) asked
    ) asked`.execute(db);
  return rows;
}

export type FoundProduct = ProductRow & { score: number };

/**
 * Products that match a text search query, best first, one more than asked for. The score is a whole number, so that
 * a cursor holds it exactly.
 */
export function findMatches(
  db: Db,
  query: string,
  status: ProductStatus | 'all',
  { limit, after }: { limit: number; after: readonly (string | number)[] | null },
): Promise<FoundProduct[]> {
  const asked = sql`to_tsquery('english', ${query})`;
  const matches = db
    .selectFrom('products')
    .select(productColumns)
    .select(
      // 1: a match in a long text counts for less.
      sql<number>`round(1e6 * ts_rank('{0.02, 0.1, 0.4, 1}', search, ${asked}, 1))::int`.as(
        'score',
      ),
    )
    .where(sql<boolean>`search @@ ${asked}`)
    .$if(status !== 'all', (products) => products.where('status', '=', status as ProductStatus));
  return db
    .selectFrom(matches.as('matches'))
    .selectAll()
    .$if(after !== null, (found) =>
      found.where(sql<boolean>`(score, id) < (${sql.join(after ?? [])})`),
    )
    .orderBy('score', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
}
