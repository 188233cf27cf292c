import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStripeStandIn } from '../../src/dev/stripe/stand-in.ts';
import { sendWebhooksTo, shopEnvironment, startMain } from '../support/process.ts';

/** Not the public one of development, so that a site may be in production. */
const WEBHOOK_SECRET = 'whsec_of_the_tests';

export type Running = Awaited<ReturnType<typeof startMain>>;

export interface Site {
  readonly standInUrl: string;
  /** Starts one more process of the shop. */
  start(role: 'web' | 'worker'): Promise<Running>;
  /** Has Stripe send its webhooks there. */
  sendWebhooksTo(url: string): Promise<void>;
  stop(): Promise<void>;
}

/** Where processes of one shop run, each of one role, with a Stripe that outlives them. */
export async function openSite(env: Record<string, string>): Promise<Site> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mainstay-machines-'));
  const standIn = await startStripeStandIn({
    port: 0,
    host: '127.0.0.1',
    dataDir,
    webhookUrl: null,
    webhookSecret: WEBHOOK_SECRET,
  });
  const started: Running[] = [];
  return {
    standInUrl: standIn.url,
    async start(role) {
      const running = await startMain(
        dataDir,
        {
          ...shopEnvironment(standIn.url),
          STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
          ...env,
        },
        [role],
      );
      started.push(running);
      return running;
    },
    sendWebhooksTo: (url) => sendWebhooksTo(standIn.url, url),
    async stop() {
      for (const { child } of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      await standIn.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
