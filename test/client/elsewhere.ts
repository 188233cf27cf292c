import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const programs = join(root, 'node_modules/.bin');

/** Packs the client, installs it in an empty project, type-checks the example there and runs it against a shop. */
export async function buyElsewhere(shopUrl: string, admin: { email: string; password: string }) {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-client-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH ?? ''}` };
  const inFolder = { cwd: folder, env };

  const packed = await run(
    'npm',
    ['pack', join(root, 'client'), '--json', '--pack-destination', folder],
    inFolder,
  );
  const [{ filename }] = JSON.parse(packed.stdout);
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  // What the client needs comes from this checkout, as the registry may be out of reach.
  const needed = ['openapi-fetch', 'openapi-typescript-helpers'].map((name) =>
    join(root, 'node_modules', name),
  );
  await run(
    'npm',
    ['install', '--offline', '--no-audit', '--install-links', join(folder, filename), ...needed],
    inFolder,
  );

  const example = await readFile(join(root, 'examples/shopping/buy.ts'), 'utf8');
  await writeFile(
    join(folder, 'buy.ts'),
    example.replace('../../client/src/index.ts', '@mainstay/client'),
  );
  await run(
    join(programs, 'tsc'),
    [
      ...['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--lib', 'es2024'],
      ...['--types', 'node', '--typeRoots', join(root, 'node_modules/@types'), 'buy.ts'],
    ],
    inFolder,
  );
  const { stdout } = await run(process.execPath, ['buy.ts'], {
    cwd: folder,
    env: { SHOP_URL: shopUrl, ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password },
  });
  return { output: stdout };
}
