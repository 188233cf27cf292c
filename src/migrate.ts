import { runCommand, type Say } from './command.ts';
import { environment } from './config.ts';
import type { Db } from './database/database.ts';
import { migrateDown, migrateUp, migrationStatus } from './database/migrate.ts';

const USAGE = 'Usage: npm run migrate | npm run migrate:down | npm run migrate:status';

const [action = 'up', ...rest] = process.argv.slice(2);

await runCommand(environment(), 1, (db, say) => {
  if (rest.length > 0) throw new Error(USAGE);
  if (action === 'up') return up(db, say);
  if (action === 'down') return down(db, say);
  if (action === 'status') return status(db, say);
  throw new Error(USAGE);
});

async function up(db: Db, say: Say): Promise<number> {
  const applied = await migrateUp(db);
  for (const name of applied) say(`applied    ${name}`);
  if (applied.length === 0) say('The schema is up to date.');
  return 0;
}

/** One step back, so that each asks for a decision of its own. */
async function down(db: Db, say: Say): Promise<number> {
  const takenBack = await migrateDown(db);
  for (const name of takenBack) say(`taken back ${name}`);
  if (takenBack.length === 0) say('No migration is applied.');
  return 0;
}

async function status(db: Db, say: Say): Promise<number> {
  for (const { name, appliedAt } of await migrationStatus(db))
    say(`${appliedAt ? appliedAt.toISOString() : 'not applied'.padEnd(24)}  ${name}`);
  return 0;
}
