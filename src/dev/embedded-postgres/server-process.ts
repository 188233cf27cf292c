import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type Account, cannotRun, runProgram, spawnProgram } from './programs.ts';
import { openLog, readLogSince } from './server-log.ts';
import { serverArguments } from './server-settings.ts';

/** What postmaster.pid says of a server; the port is missing while the server still begins. */
export interface RecordedServer {
  pid: number;
  port: number | undefined;
}

/** A server process started here. */
export interface LaunchedServer {
  /** Why it ended, in its own words; undefined while it runs. */
  failure(): Promise<string | undefined>;
}

const STOP_MS = 120_000;
const REAP_MS = 2_000;

/** Reads the record that a server, living or dead, has left in its folder. */
export async function readRecord(folder: string): Promise<RecordedServer | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port] = text.split('\n').map(Number);
  return pid ? { pid, port: port || undefined } : undefined;
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process is a server of the folder; undefined where the system does not tell. */
export async function servesFolder(pid: number, folder: string): Promise<boolean | undefined> {
  if (process.platform !== 'linux') return undefined;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.split('\0').includes(folder);
}

/**
 * Starts a server, detached from the terminal so that Ctrl-C does not reach it. `staleId` is the
 * process id in a left-over postmaster.pid, now perhaps that of an unrelated process: PostgreSQL
 * disregards the id named in PG_GRANDPARENT_PID and then trusts its shared memory check alone.
 */
export async function launchServer(
  { postgres }: Binaries,
  account: Account,
  folder: string,
  logFile: string,
  settings: Record<string, string>,
  staleId: number | undefined,
): Promise<LaunchedServer> {
  const args = serverArguments(folder, await freePort(), settings);
  const log = await openLog(logFile, account.owner);
  const offset = (await log.stat()).size;
  const child = spawnProgram(account, postgres, args, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    variables: staleId ? { PG_GRANDPARENT_PID: String(staleId) } : {},
  });
  child.unref();
  let ended = false;
  let refusal: Error | undefined;
  child.on('exit', () => {
    ended = true;
  });
  child.on('error', (error) => {
    refusal = error;
  });
  await log.close();
  return {
    async failure() {
      if (refusal) throw cannotRun(postgres, refusal);
      return ended ? readLogSince(logFile, offset) : undefined;
    },
  };
}

/** Stops a server (fast shutdown with a checkpoint) and waits until its process is gone. */
export async function stopServer(
  { pg_ctl }: Binaries,
  account: Account,
  folder: string,
  pid: number,
): Promise<void> {
  const { output } = await runProgram(account, pg_ctl, ['kill', 'INT', String(pid)]);
  if (!(await comesTrue(() => hasLeft(pid, folder), STOP_MS))) {
    throw new EmbeddedPostgresError(
      `The PostgreSQL server of ${folder} (process ${pid}) did not stop. ${output} It may still ` +
        'be writing its checkpoint; starting again later is safe.',
    );
  }
  // Where the system does not tell the ended from the unreaped, do not insist.
  await comesTrue(() => hasEnded(pid, folder), REAP_MS);
}

/** A server removes its record last; a rival may already have put the next server's in its place. */
async function hasLeft(pid: number, folder: string): Promise<boolean> {
  return (await readRecord(folder))?.pid !== pid || hasEnded(pid, folder);
}

async function hasEnded(pid: number, folder: string): Promise<boolean> {
  return !isAlive(pid) || (await servesFolder(pid, folder)) === false;
}

async function comesTrue(condition: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await delay(10);
  }
  return true;
}
