import type { Db } from '../../database/database.ts';
import { invalid, notFound } from '../../shared/errors.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import type { TrailEntry, TrailFilter } from './trail.model.ts';
import { findAct, findActs, findNames } from './trail.repository.ts';

const DAY_MS = 24 * 3600 * 1000;

/** A filter as it is asked for: `from` and `to` are whole days (YYYY-MM-DD, UTC), the last one included. */
export type TrailQuery = Omit<TrailFilter, 'from' | 'until'> & {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

/** The filter of a query. @throws ShopError validation_failed (`to`) where the last day is before the first. */
export function filterOf({ from, to, ...filter }: TrailQuery): TrailFilter {
  const period = {
    from: from === undefined ? undefined : new Date(from),
    until: to === undefined ? undefined : new Date(Date.parse(to) + DAY_MS),
  };
  if (period.from && period.until && period.from >= period.until)
    throw invalid('to', 'The last day is before the first.');
  return { ...filter, ...period };
}

/** A page of what was done, the latest first. */
export function listActs(db: Db, query: TrailQuery, page: PageRequest): Promise<Page<TrailEntry>> {
  return findActs(db, filterOf(query), page);
}

/** One act. @throws ShopError not_found. */
export async function getAct(db: Db, id: string): Promise<TrailEntry> {
  const entry = await findAct(db, id);
  if (!entry) throw notFound('The act');
  return entry;
}

/** Who acted, by name, as far as they have an account. */
export function namesOfActors(
  db: Db,
  entries: readonly TrailEntry[],
): Promise<Map<string, string>> {
  const ids = entries.flatMap(({ actor }) => actor.id ?? []);
  return findNames(db, [...new Set(ids)]);
}
