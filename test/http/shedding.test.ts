import { connect, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop({ DATABASE_POOL_MAX: '3', LOAD_SHEDDING: 'on' }, { role: 'web' });
});
afterAll(() => shop.stop());

/** How many requests were turned away for a reason. */
async function shed(reason: string): Promise<number> {
  const text = String((await shop.api('GET', '/metrics')).body);
  return Number(new RegExp(`shed_requests_total\\{reason="${reason}"\\} (\\d+)`).exec(text)?.[1]);
}

describe('while the event loop stands still', () => {
  /** Connections that are open, so that requests can be written while nothing runs. */
  async function open(): Promise<{ socket: Socket; text: () => string }> {
    const socket = connect(Number(new URL(shop.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    await new Promise((resolve) => socket.once('connect', resolve));
    return { socket, text: () => text };
  }

  /** Keeps everything from running for longer than is borne, then lets timers have their turn. */
  async function standStill(): Promise<void> {
    const end = performance.now() + 1500;
    while (performance.now() < end);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }

  it('again and again, what came meanwhile is turned away, probes are answered, and soon all is served again', async () => {
    let rounds = 0;
    const askOnce = async () => {
      rounds += 1;
      // What was answered before is answered from memory, however late it is.
      const paths = [`/api/products?limit=${rounds}`, '/health/live', '/css/mainstay.css', '/'];
      const asked = await Promise.all(paths.map(open));
      // Once or twice is borne.
      for (let time = 0; time < 2; time += 1) await standStill();
      for (const [index, { socket }] of asked.entries())
        socket.write(`GET ${paths[index]} HTTP/1.1\r\nHost: shop\r\nAccept: text/html\r\n\r\n`);
      await standStill();
      await until(() => asked.every(({ text }) => text().includes('HTTP/1.1 ')));
      return asked;
    };
    const statusesOf = (asked: { text: () => string }[]) =>
      asked.map(({ text }) => /HTTP\/1\.1 (\d+)/.exec(text())?.[1]);
    const turnedAway = ['503', '200', '503', '503'];
    let asked = await askOnce();
    // On a busy machine the loop may have had its turn between two of them.
    for (let time = 0; time < 10 && statusesOf(asked).join() !== turnedAway.join(); time += 1) {
      for (const { socket } of asked) socket.destroy();
      asked = await askOnce();
    }
    expect(statusesOf(asked)).toEqual(turnedAway);
    expect(asked[0]?.text()).toMatch(/retry-after: 2\r\n/i);
    expect(asked[0]?.text()).toMatch(/"code":"service_unavailable"/);
    expect(asked[3]?.text()).toMatch(/content-type: text\/html/i);
    for (const { socket } of asked) socket.destroy();

    await until(async () => (await shop.api('GET', '/api/products')).status === 200);
    expect(await shed('event_loop')).toBeGreaterThanOrEqual(3);
  });
});

describe('while the connections to the database are used up', () => {
  it('newcomers are turned away at once, webhooks and files are not, and all is served again after', async () => {
    const before = await shed('pool');
    const locker = new pg.Client({ connectionString: shop.databaseUrl });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
    // Three hold the connections, the others wait for one, and come again when they waited in vain.
    let asking = true;
    const statuses: number[] = [];
    const held = Array.from({ length: 9 }, async (_, index) => {
      while (asking)
        statuses.push((await shop.api('GET', `/api/products?limit=${index + 1}`)).status);
    });
    // It needs no connection, and so waits for none: without a token it would be a 401.
    const newcomer = () => shop.api('GET', '/api/orders');
    let answer = await newcomer();
    await until(async () => {
      answer = await newcomer();
      return answer.status !== 401;
    });
    expect([answer.status, answer.body.code]).toEqual([503, 'service_unavailable']);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect((await shop.api('GET', '/css/mainstay.css')).status).toBe(200);
    expect((await shop.api('GET', '/health/live')).status).toBe(200);
    const webhook = await shop.api('POST', '/api/webhooks/stripe', { body: {} });
    expect(webhook.status).toBe(400);

    asking = false;
    await locker.query('ROLLBACK');
    await locker.end();
    await Promise.all(held);
    for (const status of statuses) expect([200, 503]).toContain(status);
    await until(async () => (await shop.api('GET', '/api/products')).status === 200);
    expect(await shed('pool')).toBeGreaterThan(before);
  });
});
