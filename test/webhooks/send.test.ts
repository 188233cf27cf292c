import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint } from '../../src/modules/webhooks/endpoints.service.ts';
import { createWebhookSender } from '../../src/modules/webhooks/webhook-post.gateway.ts';
import { pauseAfter } from '../../src/modules/webhooks/webhooks.model.ts';
import { createDatabase } from '../support/database.ts';
import { startReceiver } from './receiver.ts';

const inProduction = createWebhookSender({ insecure: false });
const inDevelopment = createWebhookSender({ insecure: true });
const message = { id: 'evt', body: '{}', secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] };

/** A receiver on all of this machine's addresses that notes whether anybody came. */
async function watched() {
  let visits = 0;
  const server = createServer((_request, response) => response.end());
  server.on('connection', () => {
    visits += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, visits: () => visits };
}

describe('in production', () => {
  it.each([
    'https://127.0.0.1:PORT/',
    'https://localhost:PORT/',
    'https://0.0.0.0:PORT/',
    'https://[::1]:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://2130706433:PORT/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
    'https://192.168.1.1/',
    'https://[fd00::1]/',
  ])('nothing is sent to %s', async (address) => {
    const server = await watched();
    const url = address.replace('PORT', String(server.port));
    const { status, error } = await inProduction.send({ ...message, url });
    expect(status).toBeNull();
    expect(error).toMatch(/is not allowed\. Because, It is (private|meta) IP address/);
    expect(server.visits()).toBe(0);
  });

  it('nothing is sent without TLS, and no such endpoint is made', async () => {
    const server = await watched();
    const url = `http://localhost:${server.port}/`;
    expect(await inProduction.send({ ...message, url })).toMatchObject({
      status: null,
      error: 'Only https is sent to.',
    });
    expect(server.visits()).toBe(0);
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    for (const bad of [
      'http://shop.example/',
      'ftp://shop.example/',
      'https://user:word@shop.example/',
      'shop.example',
    ])
      await expect(
        createEndpoint(
          database.db,
          { insecure: false },
          { url: bad, description: '', eventTypes: null },
        ),
      ).rejects.toMatchObject({ code: 'validation_failed', errors: [{ path: 'url' }] });
  });
});

describe('an attempt', () => {
  it('does not follow a redirect', async () => {
    const [first, second] = [await startReceiver(), await startReceiver()];
    onTestFinished(() => first.close());
    onTestFinished(() => second.close());
    first.answerBy((response) => response.writeHead(307, { location: second.url }).end());
    expect(await inDevelopment.send({ ...message, url: first.url })).toMatchObject({
      status: 307,
      error: 'It answered 307.',
    });
    expect(second.received).toEqual([]);
  });

  it('keeps a kilobyte of an answer, and cuts off one that never ends', async () => {
    const server = await startReceiver();
    onTestFinished(() => server.close());
    let sent = 0;
    server.answerBy((response) => {
      const chunk = randomBytes(8192).toString('hex');
      const timer = setInterval(() => {
        sent += chunk.length;
        response.write(chunk);
      }, 1);
      response.on('close', () => clearInterval(timer));
    });
    const answer = await inDevelopment.send({ ...message, url: server.url });
    expect(answer).toMatchObject({ status: 200, error: null });
    expect(answer.excerpt).toHaveLength(1024);
    expect(sent).toBeLessThan(4 * 1024 * 1024);
  });

  it('ends where the answer is another protocol, which is no answer', async () => {
    const server = await startReceiver();
    onTestFinished(() => server.close());
    server.answerBy(({ socket }) =>
      socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    );
    expect(await inDevelopment.send({ ...message, url: server.url })).toMatchObject({
      status: null,
      error: 'The connection ended without an answer.',
    });
  });

  it('at nobody says what happened', async () => {
    const server = await startReceiver();
    await server.close();
    const answer = await inDevelopment.send({ ...message, url: server.url });
    expect(answer.status).toBeNull();
    expect(answer.error).toContain('ECONNREFUSED');
  });
});

describe('the pauses between attempts', () => {
  it('grow from seconds to a day, with a fifth more at most by chance, and then end', () => {
    const shortest = Array.from({ length: 10 }, (_, index) => pauseAfter(index + 1, null, () => 0));
    const [second, minute, hour] = [1000, 60_000, 3_600_000];
    expect(shortest).toEqual([
      5 * second,
      30 * second,
      2 * minute,
      10 * minute,
      hour,
      3 * hour,
      6 * hour,
      12 * hour,
      24 * hour,
      null,
    ]);
    expect(pauseAfter(1, null, () => 1)).toBe(6 * second);
    expect(pauseAfter(1, 20 * second, () => 0)).toBe(20 * second);
    expect(pauseAfter(5, 20 * second, () => 0)).toBe(hour);
  });
});
