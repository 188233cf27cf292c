import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { createDb, type Db } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { chooseAccount } from '../../src/dev/embedded-postgres/account.ts';
import { type Binaries, findBinaries } from '../../src/dev/embedded-postgres/binaries.ts';
import { type Cluster, openCluster, SUPERUSER } from '../../src/dev/embedded-postgres/cluster.ts';
import { ensureDatabase } from '../../src/dev/embedded-postgres/database.ts';
import { type Account, spawnProgram } from '../../src/dev/embedded-postgres/programs.ts';
import { serverArguments } from '../../src/dev/embedded-postgres/server-settings.ts';
import { openSession } from '../../src/dev/embedded-postgres/session.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { until } from '../wait.ts';

const START_MS = 60_000;
const SETTINGS = { fsync: 'on', synchronous_commit: 'on', max_connections: '70' };
/** What the kit calls its own sessions, so that no fault strikes them. */
export const KIT = 'fault kit';

/** How PostgreSQL is told to stop: crash at once, or end every session and write a checkpoint. */
export type StopMode = 'immediate' | 'fast';

/** A PostgreSQL server of the world's own, whose data outlive its process. */
export class Database {
  readonly port: number;
  /** The shop's database as the shop's role, straight to the server. */
  url = '';
  /** A superuser's handle, straight to the server: what the kit looks with. */
  db: Db;
  readonly #binaries: Binaries;
  readonly #account: Account;
  readonly #cluster: Cluster;
  readonly #logFile: string;
  #child: ChildProcess | null = null;

  private constructor(
    port: number,
    binaries: Binaries,
    account: Account,
    cluster: Cluster,
    logFile: string,
  ) {
    this.port = port;
    this.#binaries = binaries;
    this.#account = account;
    this.#cluster = cluster;
    this.#logFile = logFile;
    this.db = createDb(
      createPool(this.superuserUrl, {
        max: 4,
        logger: createLogger('silent'),
        name: KIT,
        statementTimeoutMs: 0,
      }),
    );
  }

  /** Initialises a cluster in a folder and starts its server, durable as production's. */
  static async create(folder: string, port: number): Promise<Database> {
    const dataDir = await realpath(folder);
    const binaries = await findBinaries();
    const account = await chooseAccount(dataDir, binaries.postgres);
    const cluster = await openCluster(dataDir, binaries, account, false);
    const database = new Database(port, binaries, account, cluster, join(dataDir, 'postgres.log'));
    await database.start();
    const session = await database.session();
    database.url = await ensureDatabase(session, cluster, port);
    await session.end();
    return database;
  }

  get superuserUrl(): string {
    return `postgres://${SUPERUSER}:${this.#cluster.password}@127.0.0.1:${this.port}/mainstay`;
  }

  /** Starts the server and waits until it takes connections. */
  async start(): Promise<void> {
    const log = await open(this.#logFile, 'a');
    const args = serverArguments(this.#cluster.folder, this.port, SETTINGS);
    this.#child = spawnProgram(this.#account, this.#binaries.postgres, args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await log.close();
    await until(() => this.answers(), 'PostgreSQL', START_MS);
  }

  async answers(): Promise<boolean> {
    const session = await this.session();
    await session.end();
    return true;
  }

  /** Stops the server and waits until its process is gone. */
  async stop(mode: StopMode): Promise<void> {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    process.kill(child.pid, mode === 'immediate' ? 'SIGQUIT' : 'SIGINT');
    await ended;
  }

  /** A superuser's session beside the handle, for what must hold one. */
  session() {
    return openSession(this.#cluster, this.port, KIT);
  }

  async close(): Promise<void> {
    await this.db.destroy();
    await this.stop('immediate');
  }
}
