import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import type { Db } from '../../src/database/database.ts';
import { freePort } from '../../src/dev/free-port.ts';
import { mailboxPages } from '../../src/dev/mailbox.routes.ts';
import { createMailbox, type Mailbox } from '../../src/dev/mailbox.ts';
import { startStripeStandIn } from '../../src/dev/stripe/stand-in.ts';
import { shopKeyring } from '../../src/secrets/shop-keyring.ts';
import { type Role, startShop as start } from '../../src/shop.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { type Api, createApi } from './api.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { checkRecordedEvents } from './events.ts';

export interface TestShop extends Api {
  readonly url: string;
  readonly db: Db;
  readonly databaseUrl: string;
  readonly standInUrl: string;
  readonly mailbox: Mailbox;
  readonly admin: { readonly email: string; readonly password: string };
  /** Stops web and worker alone; `stop` does the rest. */
  stopServing(): Promise<void>;
  stop(): Promise<void>;
}

const SECRET = 'a secret of the tests, long enough to sign with';
const ADMIN = { email: 'admin@example.test', password: 'administrator' };

/** A whole shop on a database of its own: web, worker, Stripe stand-in and mailbox, as `npm start` joins them. */
export async function startShop(
  env: Environment = {},
  {
    role = 'all',
    reach = async (url: string) => url,
    database: given,
  }: {
    role?: Role;
    /** Says by which address the shop itself reaches the database. */
    reach?: (url: string) => Promise<string>;
    /** One that others use as well, and that outlives the shop; left out: one of its own. */
    database?: Omit<TestDatabase, 'pool'>;
  } = {},
): Promise<TestShop> {
  const database = given ?? (await createDatabase());
  const dataDir = await mkdtemp(join(tmpdir(), 'mainstay-shop-'));
  const port = await freePort();
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    RATE_LIMIT: 'off',
    // A machine that is busy with other tests keeps a shop waiting, too.
    LOAD_SHEDDING: 'off',
    ...env,
  });
  const standIn = await startStripeStandIn({
    port: 0,
    host: '127.0.0.1',
    dataDir,
    // A disk that is slow to flush holds an idempotency key for as long, and who races for it is refused.
    durable: false,
    webhookUrl: `http://127.0.0.1:${port}/api/webhooks/stripe`,
    webhookSecret: config.stripe.webhookSecrets[0],
  });
  const mailbox = createMailbox(dataDir);
  const { secrets } = config.jwt;
  const shop = await start(
    config,
    {
      databaseUrl: await reach(database.url),
      keyring: shopKeyring(secrets.length > 0 ? secrets : [SECRET], config),
      stripe: {
        secretKey: 'sk_test_tests',
        webhookSecrets: config.stripe.webhookSecrets,
        apiBase: standIn.url,
      },
      mailer: mailbox,
      eventBroker: () => config.eventBroker,
      admin: ADMIN,
      developmentPages: (app, page) => mailboxPages(app, { mailbox, ...page }),
    },
    createLogger(config.logLevel),
    role,
  );
  // What ended is let go of: the module of a test file, and so what its variables hold, is never unloaded.
  const running: { shop: typeof shop | undefined; standIn: typeof standIn | undefined } = {
    shop,
    standIn,
  };
  let stopping: Promise<void> | undefined;
  const stopServing = async () => {
    stopping ??= running.shop?.stop(0);
    await stopping;
    running.shop = undefined;
  };
  return {
    ...createApi(shop.url, standIn.url, ADMIN, { watched: true }),
    url: shop.url,
    db: database.db,
    databaseUrl: database.url,
    standInUrl: standIn.url,
    mailbox,
    admin: ADMIN,
    stopServing,
    async stop() {
      await stopServing();
      await running.standIn?.close();
      running.standIn = undefined;
      // Whatever a test did, the events of it are as the catalogue says.
      await checkRecordedEvents(database.db).finally(database.drop);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
