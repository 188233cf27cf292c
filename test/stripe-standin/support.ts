import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { onTestFinished } from 'vitest';
import {
  type StandInOptions,
  type StripeStandIn,
  startStripeStandIn,
} from '../../src/dev/stripe/stand-in.ts';

export const WEBHOOK_SECRET = 'whsec_test_of_the_stand_in';

export interface Running {
  readonly standIn: StripeStandIn;
  readonly stripe: Stripe;
  readonly dataDir: string;
}

/** A stand-in of the test's own, stopped when the test is over. */
export async function start(options: Partial<StandInOptions> = {}): Promise<Running> {
  const dataDir = options.dataDir ?? (await temporaryFolder());
  const standIn = await startStripeStandIn({
    port: 0,
    host: '127.0.0.1',
    dataDir,
    webhookUrl: null,
    webhookSecret: WEBHOOK_SECRET,
    ...options,
  });
  onTestFinished(() => standIn.close());
  return { standIn, stripe: sdkFor(standIn.url), dataDir };
}

/** A folder that goes when the test is over, after the stand-ins that were started in it later. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-stand-in-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The official SDK, pointed at a stand-in, without retries of its own. */
export function sdkFor(url: string, key = 'sk_test_mainstay'): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 });
}

/** What a session for two mugs at 19.99 needs. */
export function mugs(
  changes: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    success_url: 'http://shop.test/orders/1?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://shop.test/cart',
    line_items: [line('usd', 1999, 2)],
    ...changes,
  };
}

export function line(
  currency: string,
  unitAmount: number,
  quantity = 1,
  name = 'Stoneware mug',
): Stripe.Checkout.SessionCreateParams.LineItem {
  return { quantity, price_data: { currency, unit_amount: unitAmount, product_data: { name } } };
}

/** Sends JSON to a test control and reads its answer. */
export async function control<T = Record<string, unknown>>(
  { standIn }: Pick<Running, 'standIn'>,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
): Promise<{ status: number; body: T }> {
  const response = await fetch(`${standIn.url}/_test${path}`, {
    method,
    ...(body
      ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      : {}),
  });
  return { status: response.status, body: (await response.json()) as T };
}

interface Paid {
  readonly sessionId: string;
  readonly paymentIntent: string;
  readonly charge: string;
  readonly status: string;
  readonly error: { code: string; decline_code?: string; charge?: string; message: string };
}

export function payWith(running: Running, sessionId: string, card: string, more: object = {}) {
  return control<Paid>(running, 'POST', `/checkout/sessions/${sessionId}/pay`, { card, ...more });
}

/** Makes a session and pays it with the card that always succeeds. */
export async function paidSession(
  running: Running,
  changes: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Promise<Paid> {
  const session = await running.stripe.checkout.sessions.create(mugs(changes));
  const { body } = await payWith(running, session.id, '4242424242424242');
  return body;
}

export function chargesOf(running: Running) {
  return control<{ data: { id: string; sessionId: string; status: string; amount: number }[] }>(
    running,
    'GET',
    '/charges',
  ).then(({ body }) => body.data);
}

export interface Received {
  readonly event: Stripe.Event;
  readonly raw: string;
  readonly signature: string;
}

/** A webhook endpoint on loopback; `answer` decides each response's status. */
export async function receiver(
  answer: (received: Received, index: number) => number = () => 200,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      const signature = String(request.headers['stripe-signature']);
      const one = { event: JSON.parse(raw) as Stripe.Event, raw, signature };
      received.push(one);
      response.writeHead(answer(one, received.length - 1)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/webhooks`, received };
}
