import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { until } from '../support/until.ts';

/** A server that says back what it hears, behind the proxy. */
describe('the TCP proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  let accepted: Socket[];
  let opened: Socket[];

  beforeEach(async () => {
    accepted = [];
    opened = [];
    server = createServer({ allowHalfOpen: true }, (socket) => {
      accepted.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => socket.write(chunk));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await TcpProxy.start((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    for (const socket of [...opened, ...accepted]) socket.destroy();
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open() {
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    opened.push(socket);
    const seen = { text: '', ended: false, error: '' };
    socket.on('data', (chunk) => {
      seen.text += chunk;
    });
    socket.on('end', () => {
      seen.ended = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      seen.error = error.code ?? '';
    });
    await once(socket, 'connect');
    return { socket, seen };
  }

  /** How long an answer takes, in milliseconds. */
  async function echo({ socket, seen }: Awaited<ReturnType<typeof open>>, text: string) {
    const begun = performance.now();
    const before = seen.text.length;
    socket.write(text);
    await until(() => seen.text.length === before + text.length);
    return performance.now() - begun;
  }

  it('passes bytes both ways and closes with its sides', async () => {
    const client = await open();
    await echo(client, 'hello');
    expect(client.seen.text).toBe('hello');
    client.socket.end();
    await until(() => accepted[0]?.readableEnded === true);
    accepted[0]?.end();
    await until(() => client.seen.ended && proxy.connections === 0);
  });

  it('resets every connection when it cuts', async () => {
    const [one, other] = [await open(), await open()];
    await Promise.all([echo(one, 'a'), echo(other, 'b')]);
    expect(proxy.cut()).toBe(2);
    await until(() => one.seen.error === 'ECONNRESET' && other.seen.error === 'ECONNRESET');
  });

  it('refuses new connections, counts them, and takes them again once healed', async () => {
    proxy.refuse(true);
    const [error] = await once(connect(proxy.port, '127.0.0.1'), 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(proxy.struck.refused).toBe(1);
    proxy.heal();
    await echo(await open(), 'back');
  });

  it('delays in one direction alone, keeps the order, and stops when healed', async () => {
    const client = await open();
    proxy.impair({ delayMs: 200, jitterMs: 150 }, ['toServer']);
    for (const part of ['1', '2', '3', '4', '5']) {
      client.socket.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => client.seen.text.length === 5);
    expect(client.seen.text).toBe('12345');
    proxy.heal();
    proxy.impair({ delayMs: 300 }, ['toClient']);
    expect(await echo(client, 'x')).toBeGreaterThanOrEqual(295);
    expect(proxy.struck.held).toBeGreaterThanOrEqual(2);
  });

  it('lets nothing through a black hole, and loses nothing of it', async () => {
    const client = await open();
    proxy.impair({ blackHole: true }, ['toClient']);
    client.socket.write('lost?');
    await until(() => (accepted[0]?.bytesWritten ?? 0) === 5);
    await until(() => proxy.struck.held === 1);
    expect(client.seen.text).toBe('');
    proxy.heal();
    await until(() => client.seen.text === 'lost?');
  });

  it('carries so many bytes a second', async () => {
    const client = await open();
    await echo(client, 'warm');
    proxy.impair({ bytesPerSecond: 1_000 }, ['toServer']);
    const begun = performance.now();
    await echo(client, 'x'.repeat(300));
    await echo(client, 'y');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(295);
  });

  it('half closes: the server hears the end, the client waits until healing resets it', async () => {
    const client = await open();
    await echo(client, 'before');
    expect(proxy.halfClose('toServer')).toBe(1);
    await until(() => accepted[0]?.readableEnded === true);
    accepted[0]?.end();
    client.socket.write('into the void');
    await until(() => accepted[0]?.destroyed === true);
    expect(client.seen).toMatchObject({ text: 'before', ended: false, error: '' });
    proxy.heal();
    await until(() => client.seen.error === 'ECONNRESET');
  });
});
