import { JetStreamApiError, jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect, errors, headers, type NatsConnection, nanos } from '@nats-io/transport-node';
import type { NatsConfig } from '../config/broker.ts';
import { type ExternalBroker, type Publishing, SENDING_MS } from './broker.ts';
import { channelOf } from './channels.ts';
import type { CloudEvent } from './consumer.ts';

const ANSWER_MS = 5000;
/** How long the server knows a repeated event by its id: longer than a leader that stood still. */
const KNOWN_FOR_MS = 10 * 60_000;
const KEPT_FOR_MS = 30 * 24 * 3600_000;
const MOST_BYTES = 2 ** 30;
const [STREAM_NOT_FOUND, MESSAGE_TOO_LARGE] = [10059, 10054];

/**
 * Publishes to NATS JetStream: subject `<prefix>.<channel>.<type>`, message id = event id, all in one stream, which is
 * made where it is missing. Streams are sent side by side; within one, each event waits for the one before.
 * @param config asked for every new connection: passwords are changed while the shop runs.
 */
export function natsBroker(config: () => NatsConfig): ExternalBroker {
  let connection: NatsConnection | null = null;

  /** Made anew by whoever needs it, never by itself: nothing is buffered and sent at a moment of the library's own. */
  async function connected(): Promise<NatsConnection> {
    if (connection !== null && !connection.isClosed()) return connection;
    const { servers, tls, login, prefix, replicas } = config();
    const made = await connect({
      servers: [...servers],
      name: 'mainstay',
      reconnect: false,
      timeout: ANSWER_MS,
      ...(tls && { tls: {} }),
      ...login,
    });
    await ensureStream(made, { prefix, replicas }).catch(async (error: unknown) => {
      await made.close();
      throw error;
    });
    connection = made;
    return made;
  }

  async function leave(): Promise<void> {
    const left = connection;
    connection = null;
    await left?.close();
  }

  return {
    async publish(events) {
      const client = jetstream(await connected(), { timeout: ANSWER_MS });
      const { prefix } = config();
      const answers = new Map<string, Publishing>();
      const streams = [...Map.groupBy(events, ({ partitionkey }) => partitionkey).values()];
      const until = performance.now() + SENDING_MS;
      const sendStream = async (stream: readonly CloudEvent[]) => {
        for (const event of stream) {
          const answer = await client
            .publish(`${prefix}.${channelOf(event.type)}.${event.type}`, JSON.stringify(event), {
              msgID: event.id,
              headers: contentType(),
            })
            .then((): Publishing => ({ kind: 'arrived' }), blame);
          answers.set(event.id, answer);
          if (answer.kind === 'failed' || performance.now() > until) return;
        }
      };
      const ends = await Promise.allSettled(streams.map(sendStream));
      const broken = ends.find((end) => end.status === 'rejected');
      if (broken) {
        await leave();
        // What arrived is told all the same: it need not be sent again.
        if (answers.size === 0) throw broken.reason;
      }
      return events.map(({ id }) => answers.get(id) ?? { kind: 'held' });
    },
    async ping() {
      await (await connected()).rtt();
    },
    close: leave,
  };
}

/** A failure that is the event's own. @throws what is the broker's. */
function blame(error: unknown): Publishing {
  const tooLarge =
    (error instanceof JetStreamApiError && error.code === MESSAGE_TOO_LARGE) ||
    // The client's word for a payload beyond what the server takes.
    error instanceof errors.InvalidArgumentError;
  if (tooLarge) return { kind: 'failed', error };
  throw error;
}

function contentType() {
  const made = headers();
  made.set('Content-Type', 'application/cloudevents+json');
  return made;
}

/** Makes the stream where there is none; one that is there stays as its keeper made it. */
async function ensureStream(
  connection: NatsConnection,
  { prefix, replicas }: Pick<NatsConfig, 'prefix' | 'replicas'>,
): Promise<void> {
  const name = prefix.toUpperCase();
  const manager = await jetstreamManager(connection, { timeout: ANSWER_MS });
  await manager.streams.info(name).catch((error: unknown) => {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NOT_FOUND) throw error;
    return manager.streams.add({
      name,
      subjects: [`${prefix}.>`],
      storage: StorageType.File,
      num_replicas: replicas,
      max_age: nanos(KEPT_FOR_MS),
      max_bytes: MOST_BYTES,
      duplicate_window: nanos(KNOWN_FOR_MS),
    });
  });
}
