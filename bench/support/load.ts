import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import { type Posted, postAll } from './post-client.ts';

export interface Measured {
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds that 99 of 100 answers took at most. */
  readonly p99: number;
  readonly answers: number;
}

/** Who buys from a shop: each order is another's, in turn. */
interface Buyers {
  readonly url: string;
  readonly tokenOf: () => string;
}

/** Asks for one address over and over. @throws Error when an answer is no 2xx. */
export async function hammer(
  url: string,
  { seconds, connections = 32 }: { seconds: number; connections?: number },
): Promise<Measured> {
  const { requests, duration, latency, non2xx, errors } = await autocannon({
    ...{ url, connections },
    duration: seconds,
  });
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} refused, ${errors} failed`);
  return { rate: requests.total / duration, p99: latency.p99, answers: requests.total };
}

/** Places orders of one unit over and over. @throws Error when one is refused. */
export async function placeOrders(
  shop: Buyers,
  {
    seconds,
    connections,
    variantOf,
  }: { seconds: number; connections: number; variantOf: () => string },
): Promise<Measured> {
  const end = performance.now() + seconds * 1000;
  const next = () => (performance.now() < end ? orderRequest(shop, variantOf()) : null);
  return allPlaced(await postAll(shop.url, { connections, next }));
}

/** Places so many orders of one unit. @throws Error when one is refused. */
export async function placeSoMany(
  shop: Buyers,
  {
    amount,
    connections,
    variantOf,
  }: { amount: number; connections: number; variantOf: () => string },
): Promise<Measured> {
  const next = inAll(amount, () => orderRequest(shop, variantOf()));
  return allPlaced(await postAll(shop.url, { connections, next }));
}

/** So many buyers who each ask once for one unit: how often each status answered them, and how quickly. */
export async function flashSale(
  shop: Buyers,
  { buyers, connections, variantId }: { buyers: number; connections: number; variantId: string },
): Promise<Measured & Pick<Posted, 'statuses'>> {
  const next = inAll(buyers, () => orderRequest(shop, variantId));
  const posted = await postAll(shop.url, { connections, next });
  return { statuses: posted.statuses, ...ofPosted(posted) };
}

/** So many requests, and then no more. */
function inAll(amount: number, request: () => string): () => string | null {
  let left = amount;
  return () => {
    left -= 1;
    return left < 0 ? null : request();
  };
}

/** Each with an idempotency key of its own, as clients should send them. */
function orderRequest({ url, tokenOf }: Buyers, variantId: string): string {
  const body = JSON.stringify({ items: [{ variantId, quantity: 1 }] });
  const headers = [
    `host: ${url.slice('http://'.length)}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    `authorization: Bearer ${tokenOf()}`,
    `idempotency-key: ${randomUUID()}`,
  ];
  return `POST /api/orders HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}

function allPlaced(posted: Posted): Measured {
  const { statuses, answers } = posted;
  if (statuses[201] !== answers)
    throw new Error(`not all were placed: ${JSON.stringify(statuses)}`);
  return ofPosted(posted);
}

function ofPosted({ took, answers, seconds }: Posted): Measured {
  const p99 = took.toSorted((a, b) => a - b)[Math.floor(answers * 0.99)] ?? 0;
  return { rate: answers / seconds, p99: Math.round(p99), answers };
}
