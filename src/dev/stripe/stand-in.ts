import { join } from 'node:path';
import type { StandInContext } from './context.ts';
import { Faults } from './faults.ts';
import { buildServer } from './server.ts';
import { expireOverdue } from './sessions.ts';
import { Store } from './store.ts';
import { WebhookSender } from './webhook-sender.ts';

const SWEEP_MS = 1000;

export interface StripeStandIn {
  /** Base of its API and pages, for example `http://127.0.0.1:5005`. */
  readonly url: string;
  /** Stops it; what is pending is taken up at the next start. */
  close(): Promise<void>;
}

export interface StandInOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Base shown to browsers; the stand-in's own address unless told. */
  readonly publicUrl?: string;
  /** The state is kept in its folder `stripe`. */
  readonly dataDir: string;
  /** Whether the disk has all that is answered, as unless told; tests that kill no process go without. */
  readonly durable?: boolean;
  /** Where events are posted; null: nowhere, until a test control names an address. */
  readonly webhookUrl: string | null;
  readonly webhookSecret: string;
  readonly log?: (line: string) => void;
  /** The clock, in milliseconds; tests move it. */
  readonly clock?: () => number;
}

/**
 * Starts the local stand-in for Stripe: API, payment page, webhooks. A development tool.
 * @throws Error where the port is taken, another stand-in has the folder, or its journal is damaged.
 */
export async function startStripeStandIn(options: StandInOptions): Promise<StripeStandIn> {
  const log = options.log ?? (() => {});
  const clock = options.clock ?? Date.now;
  const now = () => Math.floor(clock() / 1000);
  const store = await Store.open(join(options.dataDir, 'stripe'), now(), options.durable);
  const faults = new Faults();
  const sender = new WebhookSender({
    store,
    faults,
    url: options.webhookUrl,
    secret: options.webhookSecret,
    log,
  });
  let url = '';
  const context: StandInContext = {
    store,
    faults,
    sender,
    now,
    publicBase: () => options.publicUrl?.replace(/\/+$/, '') ?? url,
    log,
  };
  const app = buildServer(context);
  try {
    await app.listen({ port: options.port, host: options.host });
  } catch (error) {
    await store.close();
    throw error;
  }
  url = addressOf(app.server.address(), options.host);
  await sender.start();
  const sweep = () =>
    expireOverdue(context).catch((error: unknown) => log(`Sessions cannot be expired: ${error}`));
  const sweeper = setInterval(sweep, SWEEP_MS);
  await sweep();
  const stop = async () => {
    clearInterval(sweeper);
    await app.close();
    await sender.close();
    await store.close();
  };
  let stopping: Promise<void> | null = null;
  return {
    url,
    close() {
      stopping ??= stop();
      return stopping;
    },
  };
}

function addressOf(address: string | { port: number } | null, host: string): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
