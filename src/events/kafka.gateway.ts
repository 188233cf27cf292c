import {
  compatibilityPartitioner,
  findErrorBy,
  type MessageToProduce,
  Producer,
  stringSerializers,
} from '@platformatic/kafka';
import type { KafkaConfig } from '../config/broker.ts';
import { type ExternalBroker, type Publishing, SENDING_MS } from './broker.ts';
import { channelOf } from './channels.ts';
import type { CloudEvent } from './consumer.ts';

const ANSWER_MS = 5000;
/** One request with everything that the library tries for it. */
const IN_ALL_MS = 8000;
/** Tries of one request; fewer than two the library takes for "for ever" where a producer is idempotent. */
const TRIES = 3;
const PAUSE_MS = 200;
/** What the broker says of a record, however well it does itself. */
const REFUSALS = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'];

/**
 * Publishes to brokers that speak Kafka's protocol: topic `<prefix>.<channel>`, key = stream id, acks of all replicas,
 * by an idempotent producer. One request at a time has the next event of each stream.
 * @param config asked for every new producer: passwords are changed while the shop runs.
 */
export function kafkaBroker(config: () => KafkaConfig): ExternalBroker {
  let producer: Producer<string, string, string, string> | null = null;

  function opened() {
    producer ??= newProducer(config());
    return producer;
  }

  /** After a failure the next producer begins with numbers of its own: none is left that the broker waits for. */
  async function leave(): Promise<void> {
    const left = producer;
    producer = null;
    await left?.close(true);
  }

  /** The library's own times add up to a minute and a half: whoever stops the shop does not wait for that. */
  async function inTime<T>(work: (open: ReturnType<typeof newProducer>) => Promise<T>): Promise<T> {
    const late = setTimeout(() => void leave(), IN_ALL_MS);
    try {
      return await work(opened());
    } catch (error) {
      await leave();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  async function send(events: readonly CloudEvent[]): Promise<void> {
    const messages = events.map((event) => messageOf(event, config().prefix));
    await inTime((open) => open.send({ messages }));
  }

  /** Sends one event of each of some streams, at least one of them. @throws what is the broker's fault. */
  async function sendWave(wave: readonly CloudEvent[], until: number): Promise<Publishing[]> {
    try {
      await send(wave);
      return wave.map(() => ({ kind: 'arrived' }));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (wave.length === 1) return [{ kind: 'failed', error }];
    }
    // One of them is at fault, and the answer is about all that went to its partition.
    const answers: Publishing[] = [];
    for (const event of wave) {
      answers.push(...(await sendWave([event], until)));
      if (performance.now() > until) break;
    }
    return answers;
  }

  return {
    async publish(events) {
      const answers = new Map<string, Publishing>();
      let streams = [...Map.groupBy(events, ({ partitionkey }) => partitionkey).values()];
      const until = performance.now() + SENDING_MS;
      try {
        for (let place = 0; streams.length > 0; place += 1) {
          const wave = streams.flatMap((stream) => stream.slice(place, place + 1));
          const told = await sendWave(wave, until);
          for (const [index, { id }] of wave.entries())
            answers.set(id, told[index] ?? { kind: 'held' });
          streams = streams.filter((stream) => {
            const sent = stream[place];
            return stream.length > place + 1 && sent && answers.get(sent.id)?.kind === 'arrived';
          });
          if (performance.now() > until) break;
        }
      } catch (error) {
        // What arrived is told all the same: it need not be sent again.
        if (answers.size === 0) throw error;
      }
      return events.map(({ id }) => answers.get(id) ?? { kind: 'held' });
    },
    async ping() {
      await inTime((open) => open.metadata({ topics: [], forceUpdate: true }));
    },
    close: leave,
  };
}

function newProducer({ servers, tls, login }: KafkaConfig) {
  return new Producer({
    clientId: 'mainstay',
    bootstrapBrokers: [...servers],
    serializers: stringSerializers,
    idempotent: true,
    autocreateTopics: true,
    // As Java's producers choose, so that a key of theirs and ours is in one partition.
    partitioner: compatibilityPartitioner,
    connectTimeout: ANSWER_MS,
    requestTimeout: 2 * ANSWER_MS,
    timeout: ANSWER_MS,
    retries: TRIES - 1,
    retryDelay: PAUSE_MS,
    ...(tls && { tls: {}, tlsServerName: true }),
    ...(login && { sasl: login }),
  });
}

function messageOf(
  event: CloudEvent,
  prefix: string,
): MessageToProduce<string, string, string, string> {
  return {
    topic: `${prefix}.${channelOf(event.type)}`,
    key: event.partitionkey,
    value: JSON.stringify(event),
    headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
  };
}

function isRefusal(error: unknown): boolean {
  return REFUSALS.some((code) => findErrorBy(error as Error, 'apiId', code) !== null);
}
