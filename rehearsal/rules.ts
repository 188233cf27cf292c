import { type Finding, findingsOf } from '../src/database/pipeline/findings.ts';
import type { Migrations } from '../src/database/pipeline/migration.ts';
import { rehearse } from '../src/database/pipeline/scratch.ts';
import { LANDED } from './landed.ts';

/** Every rule that a migration breaks which landed after the rules, on the server at `url`. */
export async function lint(url: string, migrations: Migrations): Promise<Finding[]> {
  const observations = await rehearse(url, migrations, (name) => !(name in LANDED));
  return observations.flatMap(findingsOf);
}
