import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An earlier version of the shop, unpacked into a folder that runs. */
export interface PreviousVersion {
  readonly root: string;
  readonly commit: string;
}

/** The version before the last change of the schema; null where there is no history to take it from. */
export async function unpackPreviousVersion(
  root: string,
  folder: string,
): Promise<PreviousVersion | null> {
  try {
    const changed = await git(root, 'log', '-1', '--format=%H', '--', 'src/database/migrate.ts');
    const commit = await git(root, 'rev-parse', `${changed}^`);
    await mkdir(folder, { recursive: true });
    const archive = join(folder, 'previous.tar');
    await git(root, 'archive', '--output', archive, commit, 'src', 'public', 'package.json');
    await run('tar', ['-xf', archive, '-C', folder]);
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    return { root: folder, commit };
  } catch {
    return null;
  }
}

/** The commit that is checked out; null outside a repository. */
export function currentCommit(root: string): Promise<string | null> {
  return git(root, 'rev-parse', 'HEAD').catch(() => null);
}

async function git(root: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', root, ...args]);
  return stdout.trim();
}
