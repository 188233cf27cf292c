import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

interface Answer {
  readonly status: number;
  /** Which release answered, where releases say so. */
  readonly release: string;
  readonly body: ReturnType<typeof JSON.parse>;
}

/** A request that was not answered as it should be. */
export interface Failure {
  /** What was done to the shop when it was sent. */
  readonly phase: string;
  /** And when it failed. */
  readonly failedIn: string;
  readonly asked: string;
  readonly what: string;
  /** Of which release; none where nothing answered. */
  readonly release: string;
}

export interface Shoppers {
  /** Answers as they should be, by status. */
  readonly answers: Map<number, number>;
  /** Answers of each release, as they should be. */
  readonly releases: Map<string, number>;
  readonly failures: Failure[];
  /** Ids of orders by their idempotency keys. */
  readonly orders: Map<string, string>;
  /** Sessions of payment by the order that they paid. */
  readonly paid: Map<string, string>;
  /** Lets each come to the end of what it buys. */
  leave(): Promise<void>;
}

interface Shopper {
  readonly token: string;
  readonly visitor: string;
}

/** Every third order is paid. */
const PAYS = 3;

/**
 * Sends shoppers to a shop who look, order, sometimes pay, and look again, each on and on. Who gets no proper answer
 * asks again, with the same key. Each request has a connection of its own, as a proxy ends idle ones when it is told
 * of other processes.
 */
export function sendShoppers(shop: {
  url: string;
  standInUrl: string;
  tokens: readonly string[];
  product: { id: string; variantId: string };
  phase: () => string;
  /** Who buys something next, as the shop's cookie knows visitors; left out: nobody in particular. */
  visitor?: () => string;
}): Shoppers {
  const { url, standInUrl, product, phase, visitor = () => '' } = shop;
  const answers: Shoppers['answers'] = new Map();
  const releases: Shoppers['releases'] = new Map();
  const failures: Failure[] = [];
  const orders: Shoppers['orders'] = new Map();
  const paid: Shoppers['paid'] = new Map();
  let leaving = false;

  /** Asks until the answer is the one that is expected. */
  async function ask(
    shopper: Shopper,
    asked: `${'GET' | 'POST'} /${string}`,
    { body, key }: { body?: unknown; key?: string } = {},
  ): Promise<Answer['body']> {
    for (;;) {
      const during = phase();
      const answer = await send(url, asked, { ...shopper, body, key }).catch(
        (error: Error) => error,
      );
      const ok = !(answer instanceof Error) && answer.status < 300;
      if (ok) {
        answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
        releases.set(answer.release, (releases.get(answer.release) ?? 0) + 1);
        return answer.body;
      }
      // A twin that was sent on to another process may still be at work.
      const what = answer instanceof Error ? answer.message : (answer.body?.code ?? answer.status);
      if (what !== 'idempotency_in_progress')
        failures.push({
          ...{ phase: during, failedIn: phase(), asked, what: String(what) },
          release: answer instanceof Error ? '' : answer.release,
        });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function shopper(token: string): Promise<void> {
    for (let count = 1; !leaving; count += 1) {
      const shopper = { token, visitor: visitor() };
      await ask(shopper, 'GET /api/products?limit=5');
      await ask(shopper, `GET /api/products/${product.id}`);
      const key = randomUUID();
      const items = [{ variantId: product.variantId, quantity: 1 }];
      const order = await ask(shopper, 'POST /api/orders', { body: { items }, key });
      orders.set(key, order.id);
      if (count % PAYS === 0) {
        const body = { orderId: order.id };
        const { sessionId } = await ask(shopper, 'POST /api/checkout', {
          ...{ body, key: randomUUID() },
        });
        await payAt(standInUrl, sessionId);
        paid.set(order.id, sessionId);
      }
      await ask(shopper, `GET /api/orders/${order.id}`);
    }
  }

  const shoppers = shop.tokens.map(shopper);
  return {
    answers,
    releases,
    failures,
    orders,
    paid,
    async leave() {
      leaving = true;
      await Promise.all(shoppers);
    },
  };
}

async function payAt(standInUrl: string, sessionId: string): Promise<void> {
  const { ok } = await fetch(`${standInUrl}/_test/checkout/sessions/${sessionId}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ card: '4242424242424242' }),
  });
  if (!ok) throw new Error(`the card of ${sessionId} was declined`);
}

/** One request on a connection of its own. */
function send(
  base: string,
  asked: string,
  { token, visitor, body, key }: Shopper & { body: unknown; key: string | undefined },
): Promise<Answer> {
  const [method = '', path = ''] = asked.split(' ');
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(
    `${base}${path}`,
    {
      method,
      agent: new Agent({ keepAlive: false }),
      headers: {
        authorization: `Bearer ${token}`,
        ...(visitor !== '' && { cookie: `mainstay_visitor=${visitor}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const json = /json/.test(response.headers['content-type'] ?? '');
        resolve({
          status: response.statusCode ?? 0,
          release: String(response.headers['x-release'] ?? ''),
          body: json ? JSON.parse(text) : null,
        });
      });
    },
  );
  sent.on('error', reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}
