import { Consumer, stringDeserializers } from '@platformatic/kafka';
import type { Member } from './member.ts';

const GROUP = 'fulfilment';
const TOPIC = 'mainstay.order';

/** A member of the consumer group: each partition is read by one member, in its order. */
export function kafkaMember(brokers: string): Member {
  return async (handle, signal) => {
    const consumer = new Consumer({
      clientId: GROUP,
      groupId: GROUP,
      bootstrapBrokers: brokers.split(','),
      deserializers: stringDeserializers,
      // The partitions of a member that was killed are given to others after this time.
      sessionTimeout: 6000,
      heartbeatInterval: 1000,
    });
    try {
      const stream = await consumer.consume({
        topics: [TOPIC],
        autocommit: false,
        mode: 'committed',
        fallbackMode: 'earliest',
        maxWaitTime: 500,
      });
      // 'error' is thrown by the loop below.
      const stop = () => void stream.close();
      signal.addEventListener('abort', stop, { once: true });
      // Told to stop while it connected.
      if (signal.aborted) stop();
      for await (const message of stream) {
        const { topic, partition, offset, value } = message;
        // Heartbeats are the library's own: the group knows that this member is at work.
        await handle({
          place: `${topic}/${partition}/${offset}`,
          text: value ?? '',
          stillAtWork() {},
        });
        await message.commit();
        if (signal.aborted) break;
      }
    } finally {
      await consumer.close(true);
    }
  };
}
