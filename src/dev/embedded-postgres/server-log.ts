import { copyFile, type FileHandle, open, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from './programs.ts';

const LIMIT_BYTES = 10 * 1024 * 1024;
const CHECK_EVERY_MS = 60_000;

/** Where the server of a data folder writes what it has to say. */
export function logPath(dataDir: string): string {
  return join(dataDir, 'postgres.log');
}

/** Opens the log for a server process to append to. */
export async function openLog(file: string, owner: Owner | undefined): Promise<FileHandle> {
  await trimLog(file, LIMIT_BYTES);
  const handle = await open(file, 'a', 0o600);
  if (owner) await handle.chown(owner.uid, owner.gid);
  return handle;
}

/** Keeps the log within bounds while a server writes to it; returns how to end that. */
export function keepLogShort(file: string): () => void {
  // A log that cannot be trimmed now is tried again a minute later.
  const trim = () => trimLog(file, LIMIT_BYTES).catch(() => undefined);
  const timer = setInterval(trim, CHECK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** Moves a log longer than the limit to <file>.1; its writer appends, so it goes on at the start. */
export async function trimLog(file: string, limitBytes: number): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= limitBytes) return;
  await copyFile(file, `${file}.1`);
  await truncate(file);
}

/** What the log has gained since it was `offset` bytes long, at most the last lines of it. */
export async function readLogSince(file: string, offset: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const start = Math.max(Math.min(offset, size), size - 4096);
    const { buffer, bytesRead } = await handle.read({
      position: start,
      buffer: Buffer.alloc(4096),
    });
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
}
