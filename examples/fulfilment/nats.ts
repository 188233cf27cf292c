import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';
import type { Member } from './member.ts';

const STREAM = 'MAINSTAY';
const SUBJECT = 'mainstay.order.order.paid';
const DURABLE = 'fulfilment';
/** What a member that was killed had in hand is given to another after this time. */
const ACK_WAIT_MS = 6000;

/** One of those who share a durable consumer: each message is given to one of them at a time. */
export function natsMember(url: string): Member {
  return async (handle, signal) => {
    const connection = await connect({ servers: url, name: DURABLE, reconnect: false });
    try {
      const manager = await jetstreamManager(connection);
      // Adding what is there already changes nothing.
      await manager.consumers.add(STREAM, {
        durable_name: DURABLE,
        filter_subject: SUBJECT,
        deliver_policy: DeliverPolicy.All,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(ACK_WAIT_MS),
      });
      const consumer = await jetstream(connection).consumers.get(STREAM, DURABLE);
      // Few at a time: each is given to another member when it is not confirmed in time.
      const messages = await consumer.consume({ max_messages: 5 });
      const stop = () => messages.stop();
      signal.addEventListener('abort', stop, { once: true });
      // Told to stop while it connected.
      if (signal.aborted) stop();
      void connection.closed().then(stop);
      for await (const message of messages) {
        await handle({
          place: `${STREAM}/${message.seq}`,
          text: message.string(),
          stillAtWork: () => message.working(),
        });
        message.ack();
      }
      if (!signal.aborted) throw new Error('the connection is closed');
    } finally {
      await connection.drain().catch(() => {});
    }
  };
}
