import { runCommand, type Tools } from './command.ts';
import { environment } from './config/environment.ts';
import { migrateDown, migrationStatus, migrations, newerMigrations } from './database/migrate.ts';
import { natureOf, planOf } from './database/pipeline/plan.ts';
import type { Retry } from './database/pipeline/run.ts';
import { rehearse } from './database/pipeline/scratch.ts';
import { prepareSchema } from './database/schema.ts';

const USAGE =
  'Usage: npm run migrate | npm run migrate:down | npm run migrate:status | npm run migrate:plan';
/** Of a plan that has something to do. */
const PENDING = 2;

const [action = 'up', ...rest] = process.argv.slice(2);

await runCommand(environment(), 1, (tools) => {
  if (rest.length > 0) throw new Error(USAGE);
  if (action === 'up') return up(tools);
  if (action === 'down') return down(tools);
  if (action === 'status') return status(tools);
  if (action === 'plan') return plan(tools);
  throw new Error(USAGE);
});

async function up({ pool, say }: Tools): Promise<number> {
  const applied = await prepareSchema(pool, { onRetry: tell(say) });
  for (const name of applied) say(`applied    ${name}`);
  if (applied.length === 0) say('The schema is up to date.');
  return 0;
}

/** One step back, so that each asks for a decision of its own. */
async function down({ db, say }: Tools): Promise<number> {
  const takenBack = await migrateDown(db, { onRetry: tell(say) });
  say(takenBack === null ? 'No migration is applied.' : `taken back ${takenBack}`);
  return 0;
}

async function status({ db, say }: Tools): Promise<number> {
  const infos = await migrationStatus(db);
  for (const { name, appliedAt } of infos)
    say(`${appliedAt ? appliedAt.toISOString() : 'not applied'.padEnd(24)}  ${name}`);
  if (infos.every(({ appliedAt }) => appliedAt))
    for (const name of await newerMigrations(db)) say(`of a newer version        ${name}`);
  return 0;
}

/**
 * What is pending, with what each statement was seen to do in an empty database beside this one. Exit code 0 where
 * nothing is, 2 where something is.
 */
async function plan({ db, url, say }: Tools): Promise<number> {
  const infos = await migrationStatus(db);
  const pending = new Set(infos.filter(({ appliedAt }) => !appliedAt).map(({ name }) => name));
  if (pending.size === 0) {
    say('The schema is up to date.');
    return 0;
  }
  try {
    for (const observation of await rehearse(url, migrations, (name) => pending.has(name)))
      for (const line of planOf(observation)) say(line);
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42501') throw error;
    for (const [name, migration] of Object.entries(migrations))
      if (pending.has(name)) say(`${name}  ${natureOf(migration)}`);
    say('What they lock was not looked at: that takes a role that may create databases.');
  }
  return PENDING;
}

/** Says that a try failed, and when the next one comes. */
function tell(say: Tools['say']) {
  return ({ name, tries, pauseMs }: Retry): void =>
    say(`waiting    ${name}: try ${tries} met a lock of others, the next is in ${pauseMs} ms`);
}
