import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { hash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { promisify } from 'node:util';
import type { CloudEvent } from '../../../src/events/consumer.ts';
import type { Peer } from '../../events/broker-support.ts';
import { until } from '../until.ts';

export const TOPICS = [
  'mainstay.order',
  'mainstay.product',
  'mainstay.stock',
  'mainstay.user',
] as const;
const CLOUD_EVENT = 'application/cloudevents+json; charset=UTF-8';
const PARTITIONS = 3;
const BROKERS = [1, 2, 3];
const PRODUCE = 0;
const MESSAGE_TOO_LARGE = 10;

export interface KafkaPeer extends Peer {
  /** Gives a line to the peer, which must say that it did it. */
  tell(line: string): Promise<void>;
  /** Has the next answers to requests of an API be an error. */
  fail(api: number, code: number, times: number): Promise<void>;
  /** Lets each answer take so long. */
  slow(ms: number): Promise<void>;
}

/**
 * Brokers that speak Kafka's protocol, as peer.c makes them: in memory, so they leave and keep what they had. With
 * one leader a request has all that is sent at once, so that it is known which answer is about what.
 */
export async function startKafka({ oneLeader = false } = {}): Promise<KafkaPeer> {
  const child = spawn(await compiled(), [], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  const bootstrap = await nextLine(lines);
  const tell = obedient(child, lines);
  for (const topic of TOPICS) {
    await tell(`topic ${topic} ${PARTITIONS}`);
    for (let partition = 0; oneLeader && partition < PARTITIONS; partition += 1)
      await tell(`leader ${topic} ${partition} 1`);
  }
  const fail = (api: number, code: number, times: number) => tell(`error ${api} ${code} ${times}`);
  return {
    url: `kafka://${bootstrap}`,
    tell,
    fail,
    refuse: (requests) => fail(PRODUCE, MESSAGE_TOO_LARGE, requests),
    async slow(ms) {
      for (const id of BROKERS) await tell(`rtt ${id} ${ms}`);
    },
    async leave() {
      for (const id of BROKERS) await tell(`down ${id}`);
    },
    async comeBack() {
      for (const id of BROKERS) await tell(`up ${id}`);
    },
    async events(atLeast) {
      let seen: CloudEvent[] = [];
      const enough = async () => {
        seen = await readAll(bootstrap);
        return seen.length >= atLeast;
      };
      await until(enough, { what: 'the events' });
      return seen;
    },
    async inject(...texts) {
      const writing = promisify(execFile)('kcat', ['-P', '-b', bootstrap, '-t', TOPICS[0]]);
      writing.child.stdin?.end(texts.join('\n'));
      await writing;
    },
    async stop() {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = await once(lines, 'line');
  return String(line);
}

function obedient(child: ChildProcess, lines: Interface) {
  let turn: Promise<unknown> = Promise.resolve();
  return (line: string): Promise<void> => {
    const told = turn.then(async () => {
      const answer = nextLine(lines);
      child.stdin?.write(`${line}\n`);
      const said = await answer;
      if (said !== 'NO_ERROR') throw new Error(`${line}: ${said}`);
    });
    turn = told.catch(() => {});
    return told;
  };
}

/** Compiles the peer once for each text of it. */
async function compiled(): Promise<string> {
  const source = join(import.meta.dirname, 'peer.c');
  const folder = join(
    tmpdir(),
    `mainstay-kafka-${hash('sha256', await readFile(source, 'utf8')).slice(0, 12)}`,
  );
  const program = join(folder, 'peer');
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return program;
  await mkdir(folder, { recursive: true });
  const made = join(folder, randomUUID());
  await promisify(execFile)('gcc', ['-o', made, source, '-lrdkafka']);
  await rename(made, program);
  return program;
}

/** Everything in the topics, each partition in its order, as another client of the protocol reads it. */
async function readAll(bootstrap: string): Promise<CloudEvent[]> {
  const read = async (topic: string) => {
    const { stdout } = await promisify(execFile)(
      'kcat',
      [
        '-C',
        '-e',
        '-q',
        '-X',
        'fetch.wait.max.ms=10',
        '-X',
        'topic.metadata.refresh.fast.interval.ms=10',
        '-b',
        bootstrap,
        '-t',
        topic,
        '-o',
        'beginning',
        '-f',
        '%k %h %s\\n',
      ],
      { maxBuffer: 2 ** 26 },
      // Brokers that have just come back may not answer yet: it is asked again.
    ).catch(() => ({ stdout: '' }));
    return stdout.split('\n').filter(Boolean);
  };
  return (await Promise.all(TOPICS.map(read))).flat().map(eventIn);
}

/** What stands in a line of key, headers and value. */
function eventIn(line: string): CloudEvent {
  const [, key, headers, value = ''] = /^(\S+) (content-type=.*?) (\{.*)$/.exec(line) ?? [];
  const event = JSON.parse(value) as CloudEvent;
  if (key !== event.partitionkey || headers !== `content-type=${CLOUD_EVENT}`)
    throw new Error(`not sent as promised: ${line}`);
  return event;
}
