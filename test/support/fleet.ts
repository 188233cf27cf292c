import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Db } from '../../src/database/database.ts';
import { startStripeStandIn } from '../../src/dev/stripe/stand-in.ts';
import { type Api, createApi } from './api.ts';
import { createDatabase } from './database.ts';
import { ADMIN, sendWebhooksTo, shopEnvironment, startMain } from './process.ts';

/** What the processes' sessions are called in pg_stat_activity; the test's own have other names. */
export const FLEET_SESSION = 'fleet';

export interface Fleet extends Api {
  /** The address of the process whose turn it is. */
  readonly next: () => string;
  readonly db: Db;
  readonly databaseUrl: string;
  /** Where mails are kept. */
  readonly dataDir: string;
  readonly standInUrl: string;
  readonly admin: { readonly email: string; readonly password: string };
  /** What Stripe charged in a session, declined cards too. */
  chargesOf(sessionId: string): Promise<{ amount: number; amountRefunded: number }[]>;
  /** Has Stripe send every webhook that waits, now. */
  flushWebhooks(): Promise<void>;
  /** Ends every process as a power cut does: at once, with nothing tidied up. */
  kill(): Promise<void>;
  /** Starts the processes again after `kill`, with webhooks going to them. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Several real processes (`node src/main.ts`) on one database and one Stripe stand-in, which outlive them. Requests
 * go to the processes in turn; all of them run jobs.
 */
export async function startFleet({
  processes = 2,
  env = {},
}: {
  processes?: number;
  env?: Record<string, string>;
} = {}): Promise<Fleet> {
  const database = await createDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'mainstay-fleet-'));
  const standIn = await startStripeStandIn({
    port: 0,
    host: '127.0.0.1',
    dataDir,
    webhookUrl: null,
    webhookSecret: 'whsec_mainstay_development',
  });
  const databaseUrl = new URL(database.url);
  databaseUrl.searchParams.set('application_name', FLEET_SESSION);
  const start = () =>
    startMain(dataDir, {
      DATABASE_URL: databaseUrl.toString(),
      ...shopEnvironment(standIn.url),
      ...env,
    });
  let running: Awaited<ReturnType<typeof start>>[] = [];
  let turn = 0;

  async function restart(): Promise<void> {
    running = await Promise.all(Array.from({ length: processes }, start));
    await sendWebhooksTo(standIn.url, running[0]?.url);
  }

  async function kill(): Promise<void> {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
  }

  await restart();
  const next = () => {
    turn += 1;
    return running[turn % running.length]?.url ?? '';
  };
  const api = createApi(next, standIn.url, ADMIN, { patient: true });
  return {
    ...api,
    standInUrl: standIn.url,
    async chargesOf(sessionId) {
      const { data } = await api.atStripe('/_test/charges');
      return data.filter((charge: { sessionId: string }) => charge.sessionId === sessionId);
    },
    async flushWebhooks() {
      await fetch(`${standIn.url}/_test/webhooks/flush`, { method: 'POST' });
    },
    next,
    db: database.db,
    databaseUrl: database.url,
    dataDir,
    admin: ADMIN,
    kill,
    restart,
    async stop() {
      await kill();
      await standIn.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
