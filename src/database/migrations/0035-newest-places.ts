import { type Kysely, sql } from 'kysely';
import { WINDOWS } from './0027-newest-matches.ts';

export const phase = 'expand';

/** Places between two others of products that meet conditions: by the index of terms and no other, hence `+ 0`. */
const look = (conditions: readonly string[]): string => `
  found := ARRAY(
    SELECT s.place FROM product_search AS s
    WHERE ${conditions.map((one) => `search_terms(s.place, s.status, s.names, s.texts) @@ ${one}`).join(' AND ')}
      AND s.status = ANY (statuses) AND s.place + 0 < upper AND s.place + 0 > lower
    LIMIT too_many + 1);`;

/** A look for one, two or three conditions. */
const looks = (...before: readonly string[]): string =>
  [1, 2, 3]
    .map((count) => {
      const asked = ['asked[1]', 'asked[2]', 'asked[3]'].slice(0, count);
      return `WHEN ${count} THEN ${look([...before, ...asked])}`;
    })
    .join('\n');

/**
 * As `newest_matches`, which the version before goes on to ask, for one to three conditions: GIN goes through each as
 * often as it is said. By another name, so that a replica which lacks it says so.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION newest_places(asked tsquery[], statuses text[], before bigint, after bigint, most integer)
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
          CASE cardinality(asked) ${sql.raw(looks())} END CASE;
        ELSE
          bits := windows[width];
          SELECT string_agg(quote_literal(status || '/' || bits || '/' || ((upper - 1) >> bits)), '|')::tsquery
            INTO within FROM unnest(statuses) AS status;
          CASE cardinality(asked) ${sql.raw(looks('within'))} END CASE;
        END IF;
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

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION newest_places`.execute(db);
}
