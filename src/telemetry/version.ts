import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};

/** The version of the code that runs. */
export const { version } = manifest;

/** The commit that it was made of; `unknown` where nothing says it. */
export const commit = commitOf(root);

/** What the build of the image wrote down, or what is checked out in the folder itself. */
export function commitOf(folder: string): string {
  const written = join(folder, 'COMMIT');
  if (existsSync(written)) return readFileSync(written, 'utf8').trim() || 'unknown';
  // A folder around it may be the repository of something else.
  if (!existsSync(join(folder, '.git'))) return 'unknown';
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
