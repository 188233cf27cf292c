import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { freePort } from '../../src/dev/free-port.ts';
import type { CloudEvent } from '../../src/events/consumer.ts';
import type { Peer } from '../events/broker-support.ts';
import { until } from './until.ts';

export interface NatsServer extends Peer {
  connect(): Promise<NatsConnection>;
}

const NAMES: Record<string, string> = { user: '--user', pass: '--pass', token: '--auth' };

/** A real nats-server with JetStream in files of its own; it leaves as in a power cut. */
export async function startNats(
  login: { user: string; pass: string } | { token: string } | null = null,
): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-nats-'));
  const port = await freePort();
  let server: ChildProcess;
  const open = () => connect({ port, reconnect: false, ...login });
  const asked = Object.entries(login ?? {}).flatMap(([name, value]) => [NAMES[name] ?? '', value]);

  async function start(): Promise<void> {
    server = spawn(
      'nats-server',
      ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', String(port), ...asked],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    await until(() => said.includes('Server is ready') || server.exitCode !== null, {
      what: 'nats-server',
    });
    if (server.exitCode !== null) throw new Error(`nats-server ended: ${said}`);
  }

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'close');
    server.kill('SIGKILL');
    await ended;
  }

  async function read(connection: NatsConnection, atLeast: number): Promise<CloudEvent[]> {
    const manager = await jetstreamManager(connection);
    const kept = async () =>
      manager.streams.info('MAINSTAY').then(
        ({ state }) => state.messages,
        () => 0,
      );
    await until(async () => (await kept()) >= atLeast, { what: 'the events' });
    const consumer = await jetstream(connection).consumers.get('MAINSTAY');
    const messages = await consumer.fetch({ max_messages: await kept(), expires: 30_000 });
    const events: CloudEvent[] = [];
    for await (const message of messages) events.push(message.json<CloudEvent>());
    return events;
  }

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    leave: kill,
    comeBack: start,
    connect: open,
    async events(atLeast) {
      const connection = await open();
      try {
        return await read(connection, atLeast);
      } finally {
        await connection.close();
      }
    },
    async inject(...texts) {
      const connection = await open();
      for (const text of texts)
        await jetstream(connection).publish('mainstay.order.order.paid', text);
      await connection.close();
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
