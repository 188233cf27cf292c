import { expect, it, onTestFinished } from 'vitest';
import { describeWith } from '../observability/engines.ts';
import { startNats } from '../support/nats-server.ts';
import { keepsItsPromises } from './broker-promises.ts';
import { open } from './broker-support.ts';

describeWith(['nats-server'], 'events through NATS JetStream', () => {
  keepsItsPromises(() => startNats());
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
