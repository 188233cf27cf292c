import { expect, it, onTestFinished } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { describeWith } from '../observability/engines.ts';
import { startNats } from '../support/nats-server.ts';
import { isSentToForAWhile, keepsItsPromises } from './broker-promises.ts';
import { open } from './broker-support.ts';

describeWith(['nats-server'], 'events through NATS JetStream', () => {
  keepsItsPromises(() => startNats());
  isSentToForAWhile(async () => {
    const server = await startNats();
    const proxy = await TcpProxy.start(Number(new URL(server.url).port));
    return {
      ...server,
      url: `nats://127.0.0.1:${proxy.port}`,
      slow: async (delayMs) => proxy.impair({ delayMs }, ['toClient']),
      async stop() {
        await proxy.close();
        await server.stop();
      },
    };
  });
});

describeWith(['nats-server'], 'a NATS that asks who connects', () => {
  it.each([
    ['a user', { user: 'shop', pass: 'a:b@c' }, 'shop:a%3Ab%40c'],
    ['a token', { token: 'a/token' }, 'a%2Ftoken'],
  ])(
    'lets in %s by what is in the address, also once that was changed, and nobody else',
    async (_, login, userinfo) => {
      const server = await startNats(login);
      onTestFinished(() => server.stop());
      const host = new URL(server.url).host;
      const known = await open(`nats://${userinfo}@${host}`);
      onTestFinished(() => known.close());
      expect(await known.publish([])).toEqual([]);
      let word = 'somebody:else';
      const stranger = await open(() => `nats://${word}@${host}`);
      onTestFinished(() => stranger.close());
      await expect(stranger.publish([])).rejects.toThrow(/authorization/i);
      word = userinfo;
      expect(await stranger.publish([])).toEqual([]);
    },
  );
});
