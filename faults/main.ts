import { kinds } from './kinds/all.ts';
import { DEPLOY, DEPLOY_WHAT } from './kinds/deploy.ts';
import { type Options, readOptions } from './options.ts';
import { databaseRestart } from './scenarios/database-restart.ts';
import { everything } from './scenarios/everything.ts';
import { stripeOutage } from './scenarios/stripe-outage.ts';
import { type Act, play } from './stage.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

// Exit code 0 for a clean run, 1 with violations, 2 when it could not be made.
try {
  const options = readOptions(process.argv.slice(2));
  if (options.list) list();
  else {
    const { violations } = await play(actOf(options), options, say);
    // At once: a connection that a fault left behind may stay open for minutes.
    process.exit(violations.length === 0 ? 0 : 1);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exit(2);
}

function actOf(options: Options): Act {
  if (options.scenario === 'stripe-outage') return stripeOutage;
  if (options.scenario === 'database-restart') return databaseRestart;
  return everything(options);
}

function list(): void {
  const all = [{ name: DEPLOY, what: DEPLOY_WHAT, missing: null }, ...kinds];
  for (const { name, what, missing } of all)
    say(`${name.padEnd(22)} ${what}${missing ? ` (skipped here: ${missing})` : ''}`);
}
