import { runCommand, type Tools } from './command.ts';
import { environment } from './config/environment.ts';
import { migrateDown, migrationStatus } from './database/migrate.ts';
import { prepareSchema } from './database/schema.ts';

const USAGE = 'Usage: npm run migrate | npm run migrate:down | npm run migrate:status';

const [action = 'up', ...rest] = process.argv.slice(2);

await runCommand(environment(), 1, (tools) => {
  if (rest.length > 0) throw new Error(USAGE);
  if (action === 'up') return up(tools);
  if (action === 'down') return down(tools);
  if (action === 'status') return status(tools);
  throw new Error(USAGE);
});

async function up({ pool, say }: Tools): Promise<number> {
  const applied = await prepareSchema(pool);
  for (const name of applied) say(`applied    ${name}`);
  if (applied.length === 0) say('The schema is up to date.');
  return 0;
}

/** One step back, so that each asks for a decision of its own. */
async function down({ db, say }: Tools): Promise<number> {
  const takenBack = await migrateDown(db);
  for (const name of takenBack) say(`taken back ${name}`);
  if (takenBack.length === 0) say('No migration is applied.');
  return 0;
}

async function status({ db, say }: Tools): Promise<number> {
  for (const { name, appliedAt } of await migrationStatus(db))
    say(`${appliedAt ? appliedAt.toISOString() : 'not applied'.padEnd(24)}  ${name}`);
  return 0;
}
