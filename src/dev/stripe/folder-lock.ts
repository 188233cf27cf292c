import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Claims a folder for this process until `release`. The claim is an exclusive SQLite lock, which the
 * operating system drops when the process dies, however it dies; nothing is ever stored in the file.
 * @throws Error where another stand-in has the folder.
 */
export function lockFolder(folder: string): { release(): void } {
  const lock = new DatabaseSync(join(folder, 'lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new Error(
      `Another Stripe stand-in is using ${folder}. Stop it, or start this one with another DATA_DIR.`,
      { cause: error },
    );
  }
  return { release: () => lock.close() };
}
