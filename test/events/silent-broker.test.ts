import { expect, it } from 'vitest';
import { startSilentServer } from '../support/silent-server.ts';
import { open } from './broker-support.ts';

it('a broker that takes connections and never says a word keeps no worker from its stop', async () => {
  const { host } = await startSilentServer();
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
