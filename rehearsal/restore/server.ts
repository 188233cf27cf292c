import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { until } from '../../faults/wait.ts';
import { handOver } from '../../src/dev/embedded-postgres/account.ts';
import {
  type Account,
  runProgram,
  spawnProgram,
} from '../../src/dev/embedded-postgres/programs.ts';

const INSTALLED = '/usr/lib/postgresql';
const PASSWORD = 'of-the-rehearsal';
const START_MS = 120_000;

/** The folder of the newest PostgreSQL of the machine's packages; null where there is none. */
export async function findPostgres(): Promise<string | null> {
  const versions = await readdir(INSTALLED).catch(() => []);
  const newest = versions
    .map(Number)
    .filter(Number.isInteger)
    .sort((a, b) => b - a)[0];
  return newest === undefined ? null : `${INSTALLED}/${newest}/bin`;
}

/** Where a rehearsal works, and as whom its servers run. */
export interface Site {
  readonly folder: string;
  readonly account: Account;
  /** PostgreSQL's programs. */
  readonly bin: string;
}

/** Runs a program of the rehearsal to its end. @throws Error with what it printed where it fails. */
export async function run(site: Site, program: string, args: readonly string[]): Promise<string> {
  const { ok, output } = await runProgram(site.account, program, args);
  if (!ok) throw new Error(`${program} ${args.join(' ')}\n${output}`);
  return output;
}

/** A PostgreSQL server on a data folder of its own, as a machine has it: durable, and nothing of it embedded. */
export class Server {
  readonly data: string;
  readonly port: number;
  readonly #site: Site;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;

  constructor(site: Site, name: string, port: number, settings: Readonly<Record<string, string>>) {
    this.data = join(site.folder, name);
    this.port = port;
    this.#site = site;
    this.#settings = settings;
  }

  /** The shop's database as the shop's role. */
  get url(): string {
    return `postgres://mainstay:${PASSWORD}@127.0.0.1:${this.port}/mainstay`;
  }

  /** Initialises the folder and makes the shop's role and database, empty. */
  async create(): Promise<void> {
    await makeFolder(this.#site, this.data);
    const secret = join(this.#site.folder, 'password');
    await writeFile(secret, PASSWORD);
    const options = ['-D', this.data, '-U', 'postgres', `--pwfile=${secret}`, '-E', 'UTF8'];
    const access = ['--auth-local=trust', '--auth-host=scram-sha-256', '--locale=C.UTF-8'];
    await run(this.#site, join(this.#site.bin, 'initdb'), [...options, ...access]);
    await this.start();
    const role = `CREATE ROLE mainstay LOGIN PASSWORD '${PASSWORD}' IN ROLE pg_monitor`;
    await this.query(role, 'postgres');
    await this.query('CREATE DATABASE mainstay OWNER mainstay', 'postgres');
  }

  /** Starts it and waits until it takes writes: one that was restored replays its log first. */
  async start(): Promise<void> {
    const place = {
      port: String(this.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.#site.folder,
    };
    const settings = Object.entries({ ...this.#settings, ...place });
    const args = [
      '-D',
      this.data,
      ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    const log = await open(`${this.data}.log`, 'a');
    this.#child = spawnProgram(this.#site.account, join(this.#site.bin, 'postgres'), args, {
      stdio: ['ignore', log.fd, log.fd],
    });
    await log.close();
    const child = this.#child;
    const takesWrites = async () => {
      if (child.exitCode !== null) return true;
      const [row] = await this.query<{ replays: boolean }>(
        'SELECT pg_is_in_recovery() AS replays',
        'postgres',
      );
      return row?.replays === false;
    };
    await until(takesWrites, `PostgreSQL of ${this.data}, whose log is beside it`, START_MS);
    if (child.exitCode !== null) throw new Error(await readFile(`${this.data}.log`, 'utf8'));
  }

  /** Ends it in order, or at once, as a machine that is lost. */
  async stop(how: 'fast' | 'immediate'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  /** Asks it as superuser. */
  async query<T extends pg.QueryResultRow>(text: string, database = 'mainstay'): Promise<T[]> {
    const client = new pg.Client({
      connectionString: `postgres://postgres:${PASSWORD}@127.0.0.1:${this.port}/${database}`,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(text)).rows;
    } finally {
      await client.end();
    }
  }
}

/** Makes a folder that the server's account owns. */
export async function makeFolder({ account }: Site, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (account.owner) await handOver(folder, account.owner);
}
