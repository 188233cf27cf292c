import { join } from 'node:path';
import { ShopProcess } from '../faults/world/shop-process.ts';
import { type StripeStandIn, startStripeStandIn } from '../src/dev/stripe/stand-in.ts';

const WEBHOOK_SECRET = 'whsec_of_the_rehearsal';
export const ADMIN = { email: 'admin@rehearsal.example', password: 'administrator of rehearsals' };
export const ROOT = join(import.meta.dirname, '..');
export const START_MS = 120_000;

/** Where the processes of a rehearsed shop stand. */
export interface Surroundings {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly stripeUrl: string;
  /** Of the web process that Stripe tells and browsers ask. */
  readonly webPort: number;
}

/** The shop's Stripe, which knows what it knows whatever becomes of the shop. */
export function openStripe(folder: string, webPort: number): Promise<StripeStandIn> {
  return startStripeStandIn({
    port: 0,
    host: '127.0.0.1',
    dataDir: folder,
    webhookUrl: `http://127.0.0.1:${webPort}/api/webhooks/stripe`,
    webhookSecret: WEBHOOK_SECRET,
  });
}

/** What every process and command of the shop is told. */
function environmentOf(surroundings: Surroundings): Record<string, string> {
  const { folder, databaseUrl, stripeUrl, webPort } = surroundings;
  return {
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    JWT_SECRET: 'a secret of the rehearsal, long enough to sign with',
    STRIPE_SECRET_KEY: 'sk_test_of_the_rehearsal',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_BASE: stripeUrl,
    PUBLIC_URL: `http://127.0.0.1:${webPort}`,
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    DEMO_CATALOGUE: 'off',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'warn',
    // What the first process compiled serves the others.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(folder, 'compiled'),
  };
}

/** A process of the shop, not started; `root` is where its code is. */
export function makeProcess(
  surroundings: Surroundings,
  { name, role, port, root = ROOT }: { name: string; role: string; port: number; root?: string },
): ShopProcess {
  return new ShopProcess({
    name,
    root,
    args: ['src/main.ts', role],
    port,
    logFile: join(surroundings.folder, `${name}.log`),
    env: { ...environmentOf(surroundings), PORT: String(port) },
  });
}
