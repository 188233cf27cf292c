import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An earlier version of the shop, unpacked into a folder that runs. */
export interface PreviousVersion {
  readonly root: string;
  readonly commit: string;
}

const MIGRATIONS = 'src/database/migrate.ts';

/**
 * The youngest version whose schema is an earlier state of this one's: its migrations are the first of ours, and fewer.
 * null where there is no history to take it from.
 * @param ref another version, as git names it
 */
export async function unpackPreviousVersion(
  root: string,
  folder: string,
  ref?: string,
): Promise<PreviousVersion | null> {
  const commit =
    ref === undefined
      ? await previousSchema(root).catch(() => null)
      : await git(root, 'rev-parse', '--verify', `${ref}^{commit}`);
  if (commit === null) return null;
  await mkdir(folder, { recursive: true });
  const archive = join(folder, 'previous.tar');
  await git(root, 'archive', '--output', archive, commit, 'src', 'public', 'package.json');
  await run('tar', ['-xf', archive, '-C', folder]);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return { root: folder, commit };
}

/** What a version's packages lack of or differ from ours, by name: it runs on ours here. */
export async function otherPackages(root: string, commit: string): Promise<string[]> {
  const theirs = JSON.parse(await git(root, 'show', `${commit}:package.json`)).dependencies;
  const ours = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).dependencies;
  return Object.keys(theirs).filter((name) => theirs[name] !== ours[name]);
}

async function previousSchema(root: string): Promise<string | null> {
  const ours = migrationsIn(await readFile(join(root, MIGRATIONS), 'utf8'));
  const commits = await git(root, 'rev-list', '--first-parent', 'HEAD');
  for (const commit of commits.split('\n')) {
    const source = await git(root, 'show', `${commit}:${MIGRATIONS}`).catch(() => '');
    const theirs = migrationsIn(source);
    const earlier = theirs.length > 0 && theirs.length < ours.length;
    if (earlier && theirs.every((name, index) => name === ours[index])) return commit;
  }
  return null;
}

function migrationsIn(source: string): string[] {
  return [...source.matchAll(/^ {2}'(\d{4}-[\w-]+)':/gm)].flatMap(([, name]) => name ?? []);
}

/** The commit that is checked out; null outside a repository. */
export function currentCommit(root: string): Promise<string | null> {
  return git(root, 'rev-parse', 'HEAD').catch(() => null);
}

async function git(root: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', root, ...args]);
  return stdout.trim();
}
