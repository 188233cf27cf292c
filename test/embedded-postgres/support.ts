import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { afterAll, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import type { Role } from '../../src/dev/embedded-postgres/locks.ts';
import { isAlive } from '../../src/dev/embedded-postgres/server-process.ts';
import { until } from '../support/until.ts';

/** A user of the server in a process of its own. */
export interface UserProcess {
  child: ChildProcess;
  pid: number;
  /** The next line it prints; rejects with what it says when it ends instead. */
  nextLine(): Promise<string>;
  /** Asks it to stop and waits for its end; returns its exit code. */
  stop(): Promise<number | null>;
}

/** A data folder that is removed, with a server left in it ended, after the test. */
export async function makeDataDir(parent = tmpdir()): Promise<string> {
  const dataDir = await mkdtemp(join(parent, 'mainstay-postgres-'));
  onTestFinished(async () => {
    const pid = await serverPid(dataDir);
    if (pid) await endProcess(pid);
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  return dataDir;
}

let template: Promise<string> | undefined;
afterAll(async () => {
  if (template) await rm(await template, { recursive: true, force: true });
  template = undefined;
});

/** A data folder as an earlier run left it: a copy of one that is made once for each test file. */
export async function makeUsedDataDir(): Promise<string> {
  template ??= makeTemplate();
  const dataDir = await makeDataDir();
  // Far quicker than the asynchronous one.
  cpSync(await template, dataDir, { recursive: true });
  return dataDir;
}

async function makeTemplate(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mainstay-postgres-template-'));
  const settings = { fsync: 'off' };
  const server = await startEmbeddedPostgres({ dataDir, role: 'tool', settings });
  await server.stop();
  return dataDir;
}

/** Starts a user of the server, through a command such as setpriv where one is given. */
export function startUser(
  dataDir: string,
  role: Role,
  prefix: readonly string[] = [],
): UserProcess {
  const script = join(import.meta.dirname, 'user-process.ts');
  const [command = process.execPath, ...args] = [...prefix, process.execPath];
  const child = spawn(command, [...args, script, dataDir, role], { detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk;
  });
  const ended = once(child, 'close');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    pid: child.pid ?? 0,
    async nextLine() {
      const { value, done } = await lines.next();
      if (!done) return value;
      await ended;
      throw new Error(complaint);
    },
    async stop() {
      child.stdin.end();
      await ended;
      return child.exitCode;
    },
  };
}

/** Kills a process as a crash would and waits until it is gone, or ended and not yet reaped. */
export async function endProcess(pid: number): Promise<void> {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await until(() => hasEnded(pid));
}

/** Whether a process is gone, or ended and not yet reaped (then Linux shows no command line). */
export async function hasEnded(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return true;
  if (process.platform !== 'linux') return false;
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) === '';
}

/** The process id which the server of a data folder has recorded. */
export async function serverPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || undefined;
}

/** Runs one statement on a connection of its own and returns its rows. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
