import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { parse } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** A user of the operating system. */
export interface Owner {
  uid: number;
  gid: number;
}

/** How PostgreSQL's programs are run, and who then owns its files. */
export interface Account {
  /** Set where files made by this process must be handed over, which only root can do. */
  owner?: Owner;
  /** A command to run the program through. */
  prefix: readonly string[];
  /** The user which Node.js itself switches to. */
  identity: Partial<Owner>;
}

const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Starts a program as the account, in an environment free of the caller's PG* variables. */
export function spawnProgram(
  account: Account,
  file: string,
  args: readonly string[],
  options: SpawnOptions & { variables?: Record<string, string> } = {},
): ChildProcess {
  const { variables, ...spawnOptions } = options;
  const [command = file, ...rest] = [...account.prefix, file, ...args];
  return spawn(command, rest, {
    ...spawnOptions,
    ...account.identity,
    // The caller's working directory may be closed to the account.
    cwd: parse(file).root || '/',
    env: { PATH: SEARCH_PATH, LC_ALL: 'C', ...variables },
  });
}

/** Runs a program to its end; throws EmbeddedPostgresError when it cannot be started at all. */
export function runProgram(
  account: Account,
  file: string,
  args: readonly string[],
): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawnProgram(account, file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    }
    child.on('error', (cause) => reject(cannotRun(file, cause)));
    child.on('close', (code) =>
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString().trim() }),
    );
  });
}

/** The error for a program which the operating system refuses to start. */
export function cannotRun(file: string, cause: Error): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `${file} cannot be run here (${cause.message}). PostgreSQL's programs from npm need a ` +
      'system with glibc (Alpine Linux has none); elsewhere set DATABASE_URL to a PostgreSQL ' +
      'server of your own.',
    { cause },
  );
}
