import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/shop.ts';
import { open } from './broker-support.ts';

/** A port where whoever connects hears nothing. */
async function silence(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).resume();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${port}`;
}

it('a broker that takes connections and never says a word keeps no worker from its stop', async () => {
  const host = await silence();
  await Promise.all(
    ['nats', 'kafka'].map(async (protocol) => {
      const broker = await open(`${protocol}://${host}`);
      const event = { id: 'one', type: 'order.fulfilled', partitionkey: 'stream' };
      const began = performance.now();
      await expect(broker.publish([event as never])).rejects.toThrow();
      await broker.close();
      // Less than the time in which a process must have ended.
      expect(performance.now() - began).toBeLessThan(19_000);
    }),
  );
});
