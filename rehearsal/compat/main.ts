import { tryCompatibility } from './world.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** `npm run compat [-- REF]`: exit code 0 where the version before works on this schema, 1 where not, 2 without history. */
async function main(): Promise<void> {
  if (await tryCompatibility(process.argv[2], say)) return;
  process.stderr.write(
    'There is no earlier version in the history here with fewer migrations: a shallow clone? git fetch --unshallow\n',
  );
  process.exitCode = 2;
}

await main();
