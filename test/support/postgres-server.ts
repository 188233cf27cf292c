import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, open, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryResultRow } from 'pg';
import { createPool } from '../../src/database/pool.ts';
import { prepareSchema } from '../../src/database/schema.ts';
import { chooseAccount, handOver } from '../../src/dev/embedded-postgres/account.ts';
import { type Binaries, findBinaries } from '../../src/dev/embedded-postgres/binaries.ts';
import { type Cluster, openCluster, SUPERUSER } from '../../src/dev/embedded-postgres/cluster.ts';
import { ensureDatabase } from '../../src/dev/embedded-postgres/database.ts';
import { type Account, spawnProgram } from '../../src/dev/embedded-postgres/programs.ts';
import { serverArguments } from '../../src/dev/embedded-postgres/server-settings.ts';
import { openSession } from '../../src/dev/embedded-postgres/session.ts';
import { freePort } from '../../src/dev/free-port.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { until } from './until.ts';

/** A quick disk is enough: what these tests kill is processes, never the machine. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', wal_keep_size: '256' };

/** A PostgreSQL server of a test's own, which may be stopped, killed, paused and promoted. */
export class PostgresServer {
  readonly port: number;
  /** The shop's database as the shop's role. */
  url = '';
  readonly #cluster: Cluster;
  readonly #settings: Record<string, string>;
  readonly #account: Account;
  readonly #binaries: Binaries;
  #child: ChildProcess | null = null;

  constructor(
    { cluster, account, binaries }: { cluster: Cluster; account: Account; binaries: Binaries },
    { port, settings }: { port: number; settings: Record<string, string> },
  ) {
    this.#cluster = cluster;
    this.#account = account;
    this.#binaries = binaries;
    this.#settings = settings;
    this.port = port;
  }

  /** Starts the server and waits until it answers. */
  async start(): Promise<void> {
    const { folder } = this.#cluster;
    const log = await open(`${folder}.log`, 'a');
    const settings = { ...SETTINGS, ...this.#settings };
    this.#child = spawnProgram(
      this.#account,
      this.#binaries.postgres,
      serverArguments(folder, this.port, settings),
      { stdio: ['ignore', log.fd, log.fd] },
    );
    await log.close();
    const answers = () =>
      this.query('SELECT').then(
        () => true,
        () => false,
      );
    await until(answers, { what: `PostgreSQL on port ${this.port}` });
  }

  /** Ends it in order (`fast`), or at once as a power cut does. Waits until its process is gone. */
  async stop(how: 'fast' | 'immediate'): Promise<void> {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    // One that hangs obeys once it goes on.
    this.freeze('SIGCONT');
    await ended;
  }

  /** Stops every process of it where it is, as a machine that hangs; `SIGCONT` has them go on. */
  freeze(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = String(this.#child?.pid);
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', pid, '--pid', pid]);
    // Some may have ended meanwhile.
    spawnSync('kill', ['-s', signal.slice(3), ...String(stdout).split(/\s+/).filter(Boolean)]);
  }

  /** Asks it as superuser, in the shop's database. */
  async query<T extends QueryResultRow>(text: string): Promise<T[]> {
    const session = await openSession(this.#cluster, this.port, 'test');
    try {
      return (await session.query<T>(text)).rows;
    } finally {
      await session.end();
    }
  }

  /** Has a standby stream from another server. */
  async follow({ port }: PostgresServer): Promise<void> {
    const follows = `host=127.0.0.1 port=${port} user=${SUPERUSER} password=${this.#cluster.password}`;
    await this.query(`ALTER SYSTEM SET primary_conninfo = '${follows}'`);
    await this.query('SELECT pg_reload_conf()');
  }

  /** Makes it the primary of a new history. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote(true, 60)');
  }

  /** Begins again as a standby that follows nobody yet, as a primary does that gave up its place. */
  async demote(): Promise<void> {
    const { folder } = this.#cluster;
    await this.stop('fast');
    await writeFile(join(folder, 'standby.signal'), '');
    if (this.#account.owner) await handOver(folder, this.#account.owner);
    await this.start();
  }

  /** Makes the shop's role and database, migrated. */
  async prepare(): Promise<void> {
    const session = await openSession(this.#cluster, this.port, 'test');
    this.url = await ensureDatabase(session, this.#cluster, this.port);
    await session.end();
    const pool = createPool(this.url, {
      ...{ max: 2, logger: createLogger('silent') },
      statementTimeoutMs: 0,
    });
    await prepareSchema(pool);
    await pool.end();
  }
}

/** A primary and standbys that stream from it, all up. */
export interface ReplicaSet {
  readonly primary: PostgresServer;
  readonly standbys: readonly PostgresServer[];
  stop(): Promise<void>;
}

/** Makes a migrated primary and so many standbys: copies of its folder that follow it. */
export async function startReplicaSet(
  count: number,
  settings: Record<string, string> = {},
): Promise<ReplicaSet> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-replicas-'));
  const dataDir = await realpath(folder);
  const binaries = await findBinaries();
  const account = await chooseAccount(dataDir, binaries.postgres);
  const cluster = await openCluster(dataDir, binaries, account, false);
  const common = { account, binaries };
  const primary = new PostgresServer({ ...common, cluster }, { port: await freePort(), settings });
  await primary.start();
  await primary.prepare();
  await primary.stop('fast');

  const standbys: PostgresServer[] = [];
  for (let number = 1; number <= count; number += 1) {
    const copy = join(dataDir, `standby-${number}`);
    await cp(cluster.folder, copy, { recursive: true, preserveTimestamps: true });
    await writeFile(join(copy, 'standby.signal'), '');
    const follows = `host=127.0.0.1 port=${primary.port} user=${SUPERUSER} password=${cluster.password} application_name=standby_${number}`;
    await writeFile(join(copy, 'postgresql.auto.conf'), `primary_conninfo = '${follows}'\n`);
    if (account.owner) await handOver(copy, account.owner);
    const standby = new PostgresServer(
      { ...common, cluster: { ...cluster, folder: copy } },
      { port: await freePort(), settings },
    );
    const url = new URL(primary.url);
    url.port = String(standby.port);
    standby.url = url.toString();
    standbys.push(standby);
  }
  await primary.start();
  await Promise.all(standbys.map((one) => one.start()));
  return {
    primary,
    standbys,
    async stop() {
      for (const one of [...standbys, primary]) await one.stop('immediate');
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
