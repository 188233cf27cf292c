import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';

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
  return allTaken(await autocannon({ url, connections, duration: seconds }));
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
  const requests = [orderRequest(shop, variantOf)];
  return allTaken(await autocannon({ url: shop.url, connections, duration: seconds, requests }));
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
  const requests = [orderRequest(shop, variantOf)];
  return allTaken(await autocannon({ url: shop.url, connections, amount, requests }));
}

/** So many buyers who each ask once for one unit: how often each status answered them, and how quickly. */
export async function flashSale(
  shop: Buyers,
  { buyers, connections, variantId }: { buyers: number; connections: number; variantId: string },
): Promise<Measured & { readonly statuses: Readonly<Record<number, number>> }> {
  const statuses: Record<number, number> = {};
  const onResponse = (status: number): void => {
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const requests = [{ ...orderRequest(shop, () => variantId), onResponse }];
  const result = await autocannon({ url: shop.url, connections, amount: buyers, requests });
  return { statuses, ...measured(result) };
}

/** Each with an idempotency key of its own, as clients should send them. */
function orderRequest({ tokenOf }: Buyers, variantOf: () => string): autocannon.Request {
  return {
    method: 'POST',
    path: '/api/orders',
    setupRequest: (request) => ({
      ...request,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokenOf()}`,
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify({ items: [{ variantId: variantOf(), quantity: 1 }] }),
    }),
  };
}

function allTaken(result: autocannon.Result): Measured {
  if (result.non2xx + result.errors > 0)
    throw new Error(`${result.url}: ${result.non2xx} refused, ${result.errors} failed`);
  return measured(result);
}

function measured({ requests, duration, latency }: autocannon.Result): Measured {
  return { rate: requests.total / duration, p99: latency.p99, answers: requests.total };
}
