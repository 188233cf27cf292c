import {
  type ClusterMetadata,
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
/** Where something arrived so lately, what does not arrive is of a part that is away. */
const PART_MS = 60_000;
/** What the broker says of a record, however well it does itself. */
const REFUSALS = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'];

/**
 * Publishes to brokers that speak Kafka's protocol: topic `<prefix>.<channel>`, key = stream id, acks of all replicas,
 * by an idempotent producer. At a time each leader has the next event of each stream, in a request for each topic.
 * @param config asked for every new producer: passwords are changed while the shop runs.
 */
export function kafkaBroker(config: () => KafkaConfig): ExternalBroker {
  let producer: Producer<string, string, string, string> | null = null;
  let arrivedAt = Number.NEGATIVE_INFINITY;

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

  /**
   * Sends each leader what is its own of each topic, so that one that is away, missing or not this login's holds up no
   * other; returns the error of each event.
   */
  async function send(events: readonly CloudEvent[]): Promise<ReadonlyMap<string, unknown>> {
    const { prefix } = config();
    const errors = new Map<string, unknown>();
    const sendTopic = async (
      open: ReturnType<typeof newProducer>,
      topic: string,
      its: readonly CloudEvent[],
    ): Promise<void> => {
      const fail = (failed: readonly { id: string }[]) => (error: unknown) => {
        for (const { id } of failed) errors.set(id, isRefusal(error) ? error : about(topic, error));
      };
      const metadata = await open
        .metadata({ topics: [topic], autocreateTopics: true })
        .catch(fail(its));
      if (!metadata) return;
      const made = its.map((event) => ({
        id: event.id,
        message: messageOf(event, topic, metadata),
      }));
      const parts = Map.groupBy(made, ({ message }) => leaderOf(message, metadata));
      const sending = [...parts.values()].map((part) =>
        open.send({ messages: part.map(({ message }) => message) }).catch(fail(part)),
      );
      await Promise.all(sending);
    };
    await inTime(async (open) => {
      const topics = Map.groupBy(events, (event) => topicOf(event, prefix));
      await Promise.all([...topics].map(([topic, its]) => sendTopic(open, topic, its)));
    });
    if (errors.size > 0) await leave();
    return errors;
  }

  async function ping(): Promise<void> {
    await inTime((open) => open.metadata({ topics: [], forceUpdate: true }));
  }

  /** Sends one event of each of some streams, at least one of them. @throws what is the broker's fault, of all. */
  async function sendWave(wave: readonly CloudEvent[], until: number): Promise<Publishing[]> {
    const errors = await send(wave);
    const told = wave.map(({ id }) => answerOf(errors.get(id)));
    if (told.some(({ kind }) => kind === 'arrived')) arrivedAt = performance.now();
    if (told.every(({ kind }) => kind === 'away')) {
      if (performance.now() - arrivedAt > PART_MS) throw errors.values().next().value;
      await ping();
    }
    if (wave.length === 1) return told;
    const answers: Publishing[] = [];
    for (const [nth, event] of wave.entries()) {
      const answer = told[nth] as Publishing;
      // One of them is at fault, and the answer is about all that went to its leader.
      if (answer.kind !== 'failed') answers.push(answer);
      else if (performance.now() > until) answers.push({ kind: 'held' });
      else answers.push(answerOf((await send([event])).get(event.id)));
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
    ping,
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
    connectTimeout: ANSWER_MS,
    requestTimeout: 2 * ANSWER_MS,
    timeout: ANSWER_MS,
    retries: TRIES - 1,
    retryDelay: PAUSE_MS,
    ...(tls && { tls: {}, tlsServerName: true }),
    ...(login && { sasl: login }),
  });
}

type Message = MessageToProduce<string, string, string, string> & { readonly partition: number };

function topicOf({ type }: CloudEvent, prefix: string): string {
  return `${prefix}.${channelOf(type)}`;
}

function messageOf(event: CloudEvent, topic: string, { topics }: ClusterMetadata): Message {
  const partitions = topics.get(topic)?.partitionsCount ?? 1;
  return {
    topic,
    // As Java's producers choose, so that a key of theirs and ours is in one partition.
    partition: compatibilityPartitioner({ topic }, Buffer.from(event.partitionkey)) % partitions,
    key: event.partitionkey,
    value: JSON.stringify(event),
    headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
  };
}

function leaderOf({ topic, partition }: Message, { topics }: ClusterMetadata): number {
  return topics.get(topic)?.partitions[partition]?.leader ?? -1;
}

function answerOf(error: unknown): Publishing {
  if (error === undefined) return { kind: 'arrived' };
  return { kind: isRefusal(error) ? 'failed' : 'away', error };
}

/** What went wrong with a topic, by its name: the library tells the reason among other errors. */
function about(topic: string, error: unknown): Error {
  return new Error(`${topic}: ${reasonOf(error)}`, { cause: error });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? error.message : reasonOf(inner);
}

function isRefusal(error: unknown): boolean {
  return REFUSALS.some((code) => findErrorBy(error as Error, 'apiId', code) !== null);
}
