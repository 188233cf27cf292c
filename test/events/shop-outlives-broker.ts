import { expect, it, onTestFinished } from 'vitest';
import { openConsole, textOf } from '../admin/support.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { expectWhole, type Peer, sendings } from './broker-support.ts';
import { outbox, sequences, upTo } from './support.ts';

/** What a whole shop does while whichever broker it publishes to is away. */
export function sellsWithoutIt(start: () => Promise<Peer>): void {
  it('while it is away under load the shop sells and mails; what waits is told, and drains in order', async () => {
    const peer = await start();
    onTestFinished(() => peer.stop());
    const shop: TestShop = await startShop({ EVENT_BROKER_URL: peer.url });
    onTestFinished(() => shop.stop());
    const { token, email } = await shop.customer();
    const product = await shop.product({ stock: 1000 });
    let buying = true;
    const buyers = upTo(3).map(async () => {
      const statuses: number[] = [];
      while (buying) {
        const { status, body } = await shop.order(token, product.variantId);
        statuses.push(status);
        if (statuses.length % 3 === 0)
          await shop.api('DELETE', `/api/orders/${body.id}`, { token });
        // Enough for a slow machine, and an end where the test fails.
        if (statuses.length === 50) break;
      }
      return statuses;
    });
    await until(async () => (await outbox(shop.db)).length > 10);
    await peer.leave();
    const mails = async () =>
      (await shop.mailbox.list()).filter(({ to }) => to.includes(email)).length;
    const [before, placed] = [await mails(), (await outbox(shop.db)).length];
    await until(async () => (await outbox(shop.db)).length > placed + 10);
    await until(async () => (await mails()) > before, { what: 'a mail while it is away' });
    const page = async () =>
      textOf((await (await openConsole(shop)).open('/admin/operations')).text);
    await until(async () => (await page()).includes('Calls to broker'), { what: 'the page' });
    await until(async () =>
      String((await shop.api('GET', '/metrics')).body).includes(
        'dependency_circuit_state{dependency="broker"} 2',
      ),
    );
    expect(await page()).toMatch(/Events for the broker .*?\d+ events? waits? to be sent on/);
    buying = false;
    const statuses = (await Promise.all(buyers)).flat();
    expect(new Set(statuses)).toEqual(new Set([201]));
    for (const one of await sendings(shop.db)) expect(one).toMatchObject({ dead_at: null });
    await peer.comeBack();
    await expectWhole(shop.db, await drained(shop.db, peer));
    const metrics = String((await shop.api('GET', '/metrics')).body);
    expect(metrics).toContain('dependency_circuit_state{dependency="broker"} 0');
  });
}

/** What several processes do together. */
export function survivesKills(start: () => Promise<Peer>): void {
  it('two workers that are killed and started again send every event, each stream in its order', async () => {
    const peer = await start();
    onTestFinished(() => peer.stop());
    const fleet: Fleet = await startFleet({ env: { EVENT_BROKER_URL: peer.url } });
    onTestFinished(() => fleet.stop());
    const { token } = await fleet.customer();
    const product = await fleet.product({ stock: 100 });
    const order = async () => (await fleet.order(token, product.variantId)).body.id as string;
    const buying = Promise.allSettled(upTo(60).map(order));
    const sent = async () => (await sendings(fleet.db)).filter((one) => one.published_at);
    await until(async () => (await sent()).length > 5);
    await fleet.kill();
    await buying;
    await fleet.restart();
    const orders = await fleet.db.selectFrom('orders').select('id').limit(10).execute();
    for (const { id } of orders) await fleet.api('DELETE', `/api/orders/${id}`, { token });
    const seen = await drained(fleet.db, peer);
    await expectWhole(fleet.db, seen);
    const cancelled = [...sequences(seen).values()].filter((numbers) => numbers.length > 1);
    expect(cancelled.length).toBeGreaterThanOrEqual(orders.length);
  });
}

/** Waits until the broker has confirmed everything, and reads it back as a consumer. */
async function drained(db: TestShop['db'], from: Peer) {
  await until(
    async () => {
      const sent = await sendings(db);
      return sent.length >= (await outbox(db)).length && sent.every((one) => one.published_at);
    },
    { what: 'an empty queue' },
  );
  return from.events((await outbox(db)).length);
}
