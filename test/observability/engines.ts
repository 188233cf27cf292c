import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describeWhere } from '../support/describe-where.ts';
import { until } from '../support/until.ts';

export const root = join(import.meta.dirname, '../..');

const run = promisify(execFile);

/** Where a program is, or null. */
export function locate(program: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const folder of folders) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // In another folder, then.
    }
  }
  return null;
}

/** A suite that needs programs of Debian's. */
export function describeWith(programs: readonly string[], title: string, suite: () => void): void {
  const missing = programs.filter((program) => locate(program) === null);
  const lack = missing.length === 0 ? null : `there is no ${missing.join(', ')}`;
  describeWhere(lack, title, suite);
}

/** Runs a program to its end in the root of the repository; its failure has what it printed. */
export async function output(program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(program, args, { cwd: root, maxBuffer: 2 ** 26 }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`${program} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`);
    },
  );
  return stdout + stderr;
}

/** Starts a server and waits until it says that it is ready. */
export async function startServer(
  program: string,
  args: readonly string[],
  readyUrl: string,
  env: Record<string, string> = {},
): Promise<{ stop(): Promise<void> }> {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  let ended = false;
  const end = once(child, 'close').then(() => {
    ended = true;
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await end;
  };
  const ready = () =>
    fetch(readyUrl).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(async () => ended || (await ready()), { what: program });
  if (ended) throw new Error(`${program} ended: ${said}`);
  return { stop };
}
