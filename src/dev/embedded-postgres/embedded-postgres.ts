import { mkdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from 'pg';
import { chooseAccount } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { ensureDatabase } from './database.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { joinServer } from './join-server.ts';
import { giveUpLocks, type Role, takeShopLock } from './locks.ts';
import { keepMembership } from './membership.ts';
import type { Account } from './programs.ts';
import { keepLogShort, logPath } from './server-log.ts';
import { launchServer, stopServer } from './server-process.ts';
import { openSession } from './session.ts';

export { EmbeddedPostgresError };

/** A PostgreSQL server in use by this process. */
export interface EmbeddedPostgres {
  /** Of the database of the shop: postgres://…/mainstay. */
  url: string;
  /** Leaves the server, and stops it when nobody else uses it. May be called again. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The folder for everything that is kept; made where it is missing. */
  dataDir: string;
  /** One shop may use a folder at a time, beside any number of tools. */
  role: Role;
  /** PostgreSQL settings for a server that is started; one that already runs keeps its own. */
  settings?: Record<string, string>;
}

/**
 * Joins the PostgreSQL server of a data folder, or initialises and starts one. The server survives
 * the death of this process; the next start finds it. Throws EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (cause) {
    if (cause instanceof EmbeddedPostgresError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL of ${resolve(options.dataDir)} did not start: ${reason}. Check ` +
        'that this account may write there and that the disk has room.',
      { cause },
    );
  }
}

async function start({
  dataDir: wanted,
  role,
  settings = {},
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  await mkdir(wanted, { recursive: true });
  const dataDir = await realpath(wanted);
  const binaries = await findBinaries();
  const account = await chooseAccount(dataDir, binaries.postgres);
  const cluster = await openCluster(dataDir, binaries, account, settings.fsync !== 'off');
  const log = logPath(dataDir);
  const name = `mainstay ${role} ${process.pid}`;
  const { client, pid, port } = await joinServer(cluster, name, (staleId) =>
    launchServer(binaries, account, cluster.folder, log, settings, staleId),
  );
  const takeFurtherLocks = async (session: Client) => {
    if (role === 'shop') await takeShopLock(session, dataDir);
  };
  const membership = keepMembership(
    client,
    () => openSession(cluster, port, name),
    takeFurtherLocks,
  );
  const leave = () =>
    membership.leave((session) => depart(session, binaries, account, cluster, pid));
  try {
    await takeFurtherLocks(client);
    const url = await ensureDatabase(client, cluster, port);
    const endTrimming = keepLogShort(log);
    let stopped: Promise<void> | undefined;
    const stop = () => {
      endTrimming();
      stopped ??= leave();
      return stopped;
    };
    return { url, stop };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function depart(
  session: Client,
  binaries: Binaries,
  account: Account,
  { folder }: Cluster,
  pid: number,
): Promise<void> {
  // A session lost on the way out means that the server is ending already.
  const alone = await giveUpLocks(session).catch(() => false);
  if (alone) await stopServer(binaries, account, folder, pid);
  await session.end();
}
