import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { createSmtpMailer, senderOf } from '../modules/notifications/smtp.gateway.ts';
import type { LiveSecrets } from '../secrets/live-secrets.ts';
import { liveServices } from '../secrets/live-services.ts';
import { liveKeyring } from '../secrets/shop-keyring.ts';
import type { Services } from '../shop.ts';
import { seedDemoCatalogue } from './demo/seed.ts';
import { startEmbeddedPostgres } from './embedded-postgres/embedded-postgres.ts';
import { mailboxPages } from './mailbox.routes.ts';
import { createMailbox } from './mailbox.ts';
import { type StripeStandIn, startStripeStandIn } from './stripe/stand-in.ts';
import { welcome } from './welcome.ts';

/** Where the demo shop's console is entered, unless ADMIN_EMAIL and ADMIN_PASSWORD say otherwise. */
const DEMO_ADMIN = { email: 'admin@mainstay.example', password: 'mainstay-demo' };

export interface LocalServices {
  readonly services: Services;
  /** What was started and where to click, for the terminal. */
  readonly welcome: string;
  stop(): Promise<void>;
}

/** Starts what the configuration does not name: PostgreSQL, Stripe, a mailbox, an admin and a catalogue. */
export async function startLocalServices(live: LiveSecrets): Promise<LocalServices> {
  const config = live.now();
  const { dataDir } = config;
  await mkdir(dataDir, { recursive: true });
  const postgres =
    config.database.url === null ? await startEmbeddedPostgres({ dataDir, role: 'shop' }) : null;
  try {
    const standIn = config.stripe.secretKey === null ? await startStandIn(config) : null;
    const mailbox = config.smtpUrl === null ? createMailbox(dataDir) : null;
    const admin = config.admin ?? DEMO_ADMIN;
    const reached = liveServices(live, senderOf(config.publicUrl), {
      databaseUrl: postgres?.url ?? '',
      stripeKey: 'sk_test_standin',
      stripeBase: standIn?.url ?? null,
    });
    return {
      services: {
        ...reached,
        keyring: liveKeyring(
          live,
          config.jwt.secrets.length > 0 ? null : await keptSecret(dataDir),
        ),
        mailer: mailbox ?? createSmtpMailer(reached.smtp),
        admin,
        ...(mailbox
          ? { developmentPages: (app, page) => mailboxPages(app, { mailbox, ...page }) }
          : {}),
        ...(config.demoCatalogue ? { seed: seedDemoCatalogue } : {}),
      },
      welcome: welcome(config, {
        admin: config.admin ? null : admin,
        standInUrl: standIn?.url ?? null,
        embedded: postgres !== null,
        mailbox: mailbox !== null,
      }),
      async stop() {
        await standIn?.close();
        await postgres?.stop();
      },
    };
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}

/** On its usual port, or on a free one where another shop's has that. */
async function startStandIn(config: Config): Promise<StripeStandIn> {
  const options = {
    // A shop that listens everywhere has its payment page there too: a container's loopback cannot be published.
    host: ['0.0.0.0', '::'].includes(config.host) ? config.host : '127.0.0.1',
    dataDir: config.dataDir,
    webhookUrl: `http://127.0.0.1:${config.port}/api/webhooks/stripe`,
    webhookSecret: config.stripe.webhookSecrets[0],
  };
  try {
    return await startStripeStandIn({ ...options, port: config.stripe.standInPort });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startStripeStandIn({ ...options, port: 0 });
  }
}

/** A secret made once per data folder, so that sessions survive a restart. */
async function keptSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret');
  await writeFile(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return readFile(path, 'utf8');
}
