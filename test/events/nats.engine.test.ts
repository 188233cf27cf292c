import { DiscardPolicy, jetstreamManager } from '@nats-io/jetstream';
import { expect, it, onTestFinished } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { loadConfig } from '../../src/config.ts';
import { cloudEventOf } from '../../src/events/cloud-event.ts';
import type { CloudEvent } from '../../src/events/consumer.ts';
import { openBroker } from '../../src/events/external-broker.ts';
import { newId } from '../../src/shared/ids.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { describeWith } from '../observability/engines.ts';
import { startNats } from '../support/nats-server.ts';
import { until } from '../support/until.ts';
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

/** An event of which nobody reads more than its envelope. */
function anEvent(): CloudEvent {
  const occurred_at = new Date();
  const [id, stream_id, aggregate_id] = [newId(), newId(), newId()];
  const none = { payload: {}, correlation_id: null, traceparent: null };
  const about = { aggregate_type: 'order', aggregate_id, type: 'order.placed' } as const;
  return cloudEventOf(
    { ...none, ...about, id, stream_id, sequence: 1, occurred_at },
    'http://shop',
  );
}

describeWith(['nats-server'], 'a NATS whose stream is full', () => {
  /** A broker on a full stream, and what is told of it. */
  async function full(triedWithinMs?: number) {
    const server = await startNats();
    onTestFinished(() => server.stop());
    const keeper = await server.connect();
    onTestFinished(() => keeper.close());
    const { streams } = await jetstreamManager(keeper);
    await streams.add({
      name: 'MAINSTAY',
      subjects: ['mainstay.>'],
      max_msgs: 1,
      discard: DiscardPolicy.New,
    });
    await server.inject('{}');
    const told: string[] = [];
    const tell = (about: object) => told.push('err' in about ? 'lost' : 'back');
    const logger = Object.assign(createLogger('silent'), { warn: tell, info: tell });
    const broker = await openBroker(
      () => loadConfig({ EVENT_BROKER_URL: server.url }).eventBroker,
      { logger, metrics: createMetrics() },
      triedWithinMs,
    );
    if (broker === null) throw new Error('there is no broker');
    onTestFinished(() => broker.close());
    return { broker, told, empty: () => streams.purge('MAINSTAY') };
  }

  it('is lost until it takes an event, though it answers', async () => {
    const { broker, told, empty } = await full();
    const began = performance.now();
    await until(async () => {
      await expect(broker.publish([anEvent()])).rejects.toThrow(/maximum messages/);
      // More than two times as long as from one look at a lost broker to the next.
      return performance.now() - began > 5000;
    });
    expect(told).toEqual(['lost']);
    await empty();
    expect(await broker.publish([anEvent()])).toEqual([{ kind: 'arrived' }]);
    expect(told).toEqual(['lost', 'back']);
  });

  it('is found by a process that publishes no more, as another does', async () => {
    const { broker, told, empty } = await full(1);
    await expect(broker.publish([anEvent()])).rejects.toThrow(/maximum messages/);
    await empty();
    await until(() => told.length > 1);
    expect(told).toEqual(['lost', 'back']);
  });
});
