import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { shopApi } from '../../examples/fulfilment/shop.ts';

/** What the sample takes an answer for that something else than the shop gave. */
async function told(status: number, body: string, headers: Record<string, string> = {}) {
  const server = createServer((_, response) => response.writeHead(status, headers).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return shopApi(`http://127.0.0.1:${port}`, 'key').markFulfilled('1');
}

it('waits for the shop where a proxy says in its own words that there is nothing', async () => {
  await expect(told(404, '<h1>Not Found</h1>')).rejects.toMatchObject({
    message: expect.stringContaining('PUT /api/orders/1: 404'),
    retryAfterMs: 0,
  });
});

it('waits as long as it is told in seconds, and of its own accord where a date is named', async () => {
  const busy = (after: string) => told(503, '', { 'retry-after': after });
  await expect(busy('3')).rejects.toMatchObject({ retryAfterMs: 3000 });
  await expect(busy('Wed, 21 Oct 2026 07:28:00 GMT')).rejects.toMatchObject({ retryAfterMs: 0 });
});

it('gives an order up that the shop refuses', async () => {
  await expect(told(404, '{"detail":"there is no such order"}')).resolves.toBe(
    'the shop refuses: 404 there is no such order',
  );
});
