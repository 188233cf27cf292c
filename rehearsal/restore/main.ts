import { parseArgs } from 'node:util';
import { rehearseRestore } from './drill.ts';
import { rehearseLoss } from './loss.ts';
import { findPostgres } from './server.ts';

const ARCHIVE_TIMEOUT_SECONDS = 60;
const SELL_SECONDS = 100;
const say = (line: string) => process.stdout.write(`${line}\n`);

/**
 * `npm run restore-drill`: exit code 0 where everything came back as promised, 1 where not, 2 where it cannot be tried.
 * With `-- --lost` the machine is lost instead, and what that costs is measured.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { lost: { type: 'boolean' }, orders: { type: 'string' } },
  });
  const bin = await findPostgres();
  if (bin === null) {
    process.stderr.write(
      'It takes PostgreSQL and pgBackRest: apt-get install postgresql pgbackrest\n',
    );
    process.exitCode = 2;
    return;
  }
  const times = { archiveTimeoutSeconds: ARCHIVE_TIMEOUT_SECONDS, seconds: SELL_SECONDS, say };
  const outcome = values.lost
    ? await rehearseLoss(bin, times)
    : await rehearseRestore(bin, { orders: Number(values.orders ?? 20), say });
  say(JSON.stringify(outcome, null, 2));
}

await main();
