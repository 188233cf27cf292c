import { type Db, inSnapshot } from '../../database/database.ts';
import { notFound } from '../../shared/errors.ts';
import { declarationOf } from './declared.model.ts';
import { type ExperimentResult, resultsOf } from './results.model.ts';
import { countByVariant, findExperiments } from './results.repository.ts';

/** Older ones are kept, and not counted again for each look. */
const SHOWN = 5;

/** What the experiments of a flag came to, newest first. @throws ShopError not_found for a flag the code lacks. */
export async function experimentResults(db: Db, key: string): Promise<ExperimentResult[]> {
  const declaration = declarationOf(key);
  if (declaration === undefined) throw notFound('The flag');
  return inSnapshot(db, async (tx) => {
    const results: ExperimentResult[] = [];
    for (const row of await findExperiments(tx, key, SHOWN)) {
      const counts = new Map(
        (await countByVariant(tx, row)).map(({ variant, ...rest }) => [variant, rest]),
      );
      const { id, weights, started_at: startedAt, ended_at: endedAt } = row;
      results.push(resultsOf({ id, weights, startedAt, endedAt }, declaration, counts));
    }
    return results;
  });
}
