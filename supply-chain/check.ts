import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { licenceFaults, licencePage } from './licences.ts';
import { readLockfile, root } from './lockfile.ts';
import { lockfileFaults, looseVersions } from './lockfile-faults.ts';

const page = join(root, 'docs/licences.md');
const lockfile = await readLockfile();
if (process.argv.includes('--write')) {
  await writeFile(page, licencePage(lockfile));
}
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const faults = [
  ...lockfileFaults(lockfile),
  ...looseVersions(manifest),
  ...licenceFaults(lockfile),
  ...((await readFile(page, 'utf8')) === licencePage(lockfile)
    ? []
    : ['docs/licences.md is not what the lockfile says: npm run licences']),
];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
