// A part of 0027-product-search, and no migration by itself.
import { type Kysely, sql } from 'kysely';

/** The windows of creation that products are found by, narrowest first: each holds 2^n of them. */
export const WINDOWS = sql.raw(`'{10, 12, 14, 16, 18, 20}'::integer[]`);

/**
 * The places of the newest products that meet three conditions, between two places and so many at most. It looks into
 * one window of creation after another, each as wide as what is missing asks for, and at most four times as wide as the
 * last: words that many products bear are met often in narrow ones. Where the first windows say that few products bear
 * them it looks at all of these.
 */
export async function createSearch(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION newest_matches(asked tsquery[], statuses text[], before bigint, after bigint, most integer)
    RETURNS SETOF bigint LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
    DECLARE
      windows constant integer[] := ${WINDOWS};
      enough_to_guess integer := 4096;
      -- All of the narrowest window at least, which is never cut short.
      too_many constant integer := greatest(10 * most, 1 << windows[1]);
      lower constant bigint := greatest(after, 0);
      top constant bigint := least(before, (SELECT max(place) FROM product_search) + 1);
      upper bigint := top;
      width integer := 1;
      bits integer;
      few boolean := false;
      within tsquery;
      found bigint[];
      total integer := 0;
    BEGIN
      WHILE upper > lower + 1 AND total < most LOOP
        IF few THEN
          within := asked[1];
        ELSE
          bits := windows[width];
          SELECT string_agg(quote_literal(status || '/' || bits || '/' || ((upper - 1) >> bits)), '|')::tsquery
            INTO within FROM unnest(statuses) AS status;
        END IF;
        -- + 0: by the index of terms and no other.
        found := ARRAY(
          SELECT s.place FROM product_search AS s
          WHERE search_terms(s.place, s.status, s.names, s.texts) @@ within
            AND search_terms(s.place, s.status, s.names, s.texts) @@ asked[1]
            AND search_terms(s.place, s.status, s.names, s.texts) @@ asked[2]
            AND search_terms(s.place, s.status, s.names, s.texts) @@ asked[3]
            AND s.status = ANY (statuses) AND s.place + 0 < upper AND s.place + 0 > lower
          LIMIT too_many + 1);
        -- Old products bear the words, and many of them: look for where they begin.
        IF cardinality(found) > too_many AND (few OR width > 1) THEN
          width := CASE WHEN few THEN width ELSE width - 1 END;
          few := false;
          enough_to_guess := NULL;
          CONTINUE;
        END IF;
        RETURN QUERY SELECT match FROM unnest(found) AS match ORDER BY match DESC LIMIT most - total;
        EXIT WHEN few;
        total := total + cardinality(found);
        upper := (upper - 1) >> windows[width] << windows[width];
        few := coalesce(top - upper >= enough_to_guess, false) AND lower = 0
          AND total * top < 2 * most * (top - upper);
        width := least(width + 1, cardinality(windows));
        WHILE width > 1 AND (
          (total::bigint << windows[width - 1]) > (most - total) * (top - upper)
          OR upper - lower < 1 << windows[width - 1]) LOOP
          width := width - 1;
        END LOOP;
      END LOOP;
    END $$`.execute(db);
}
