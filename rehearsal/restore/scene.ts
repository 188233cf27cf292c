import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../faults/wait.ts';
import type { ShopProcess } from '../../faults/world/shop-process.ts';
import { chooseAccount, handOver } from '../../src/dev/embedded-postgres/account.ts';
import { freePort } from '../../src/dev/free-port.ts';
import { makeProcess, openStripe, START_MS, type Surroundings } from '../shop.ts';
import { Backups } from './backups.ts';
import { Server, type Site } from './server.ts';

/** A shop with its Stripe, its server whose log is archived, and room for servers that are restored. */
export interface Scene {
  readonly site: Site;
  readonly server: Server;
  readonly backups: Backups;
  readonly surroundings: Surroundings;
  /** A server that does not exist yet, on a folder of this name. */
  another(name: string): Promise<Server>;
  /** A process of the shop on a server, ready; the one that serves is where Stripe's events and customers go. */
  openShop(role: 'all' | 'web' | 'worker', on: Server): Promise<ShopProcess>;
  close(): Promise<void>;
}

/** Builds it around PostgreSQL's programs in `bin`; the server runs and is archived, the shop does not run yet. */
export async function buildScene(bin: string, archiveTimeoutSeconds: number): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-restore-'));
  // The account that the servers run as, where this one is root, passes through.
  await chmod(folder, 0o711);
  const account = await chooseAccount(folder, join(bin, 'postgres'));
  if (account.owner) await handOver(folder, account.owner);
  const site = { folder, account, bin };
  const [port, webPort, workerPort] = [await freePort(), await freePort(), await freePort()];
  const server = new Server(site, 'primary', port, Backups.settings(site, archiveTimeoutSeconds));
  const backups = await Backups.prepare(site, server);
  const servers = [server];
  const processes: ShopProcess[] = [];
  const stripe = await openStripe(folder, webPort);
  const surroundings = { folder, databaseUrl: server.url, stripeUrl: stripe.url, webPort };
  const close = async (): Promise<void> => {
    for (const one of processes) await one.stop();
    for (const one of servers) await one.stop('immediate');
    await stripe.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  try {
    await server.create();
    await backups.begin();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    site,
    server,
    backups,
    surroundings,
    close,
    async another(name) {
      const made = new Server(site, name, await freePort(), {});
      servers.push(made);
      return made;
    },
    async openShop(role, on) {
      const there = { ...surroundings, databaseUrl: on.url };
      const port = role === 'worker' ? workerPort : webPort;
      const opened = makeProcess(there, { name: role, role, port });
      processes.push(opened);
      opened.start();
      await until(() => opened.isReady(), `${role} ready`, START_MS);
      return opened;
    },
  };
}
