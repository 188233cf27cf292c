import { kinds } from './kinds/all.ts';
import { DEPLOY, DEPLOY_WHAT } from './kinds/deploy.ts';
import { readOptions } from './options.ts';
import { runFaults } from './run.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

// Exit code 0 for a clean run, 1 with violations, 2 when it could not be made.
try {
  const options = readOptions(process.argv.slice(2));
  if (options.list) list();
  else {
    const { violations } = await runFaults(options, say);
    // At once: a connection that a fault left behind may stay open for minutes.
    process.exit(violations.length === 0 ? 0 : 1);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exit(2);
}

function list(): void {
  const all = [{ name: DEPLOY, what: DEPLOY_WHAT, missing: null }, ...kinds];
  for (const { name, what, missing } of all)
    say(`${name.padEnd(22)} ${what}${missing ? ` (skipped here: ${missing})` : ''}`);
}
