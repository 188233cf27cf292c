import { expect, it, onTestFinished } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { createDatabase } from '../support/database.ts';
import { logLines, type RunningProcess, startEntry } from '../support/process.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { type Peer, sendings } from './broker-support.ts';
import { outbox, upTo } from './support.ts';

/** What the sample of a consumer does with whichever broker it reads, run as the program that it is. */
export function fulfils(
  start: () => Promise<Peer>,
  variable: (peer: Peer) => Record<string, string>,
): void {
  it('two members send each paid order once, though one is killed, messages come twice and some are no good', async () => {
    const peer = await start();
    onTestFinished(() => peer.stop());
    const shop = await startShop({ EVENT_BROKER_URL: peer.url });
    onTestFinished(() => shop.stop());
    const own = await createDatabase();
    onTestFinished(() => own.drop());
    const key = await apiKey(shop);
    const members: RunningProcess[] = [];
    const join = () => {
      const member = startEntry('../examples/fulfilment/main.ts', [], {
        SHOP_URL: shop.url,
        SHOP_API_KEY: key,
        DATABASE_URL: own.url,
        ...variable(peer),
      });
      members.push(member);
      onTestFinished(async () => {
        member.child.kill('SIGKILL');
        await member.ended;
      });
      return member;
    };
    const said = (message: string, by = members) =>
      by.flatMap(({ output }) => logLines(output)).filter((line) => line.message === message);
    const rows = async (table: string) =>
      (await own.pool.query(`SELECT * FROM fulfilment.${table}`)).rows;

    const orders = await pay(shop, 12);
    await sent(shop);
    const stranger = paid(newId(), newId());
    await peer.inject('no event at all', stranger);
    orders.push(...(await pay(shop, 12)));
    // Either may take most of what waits.
    const [one, other] = [join(), join()];
    const hasSent = (member: RunningProcess) => said('sent', [member]).length > 1;
    await until(() => hasSent(one) || hasSent(other), {
      what: 'a first parcel',
    });
    const [victim, survivor] = hasSent(one) ? [one, other] : [other, one];
    victim.child.kill('SIGKILL');
    await victim.ended;
    orders.push(...(await pay(shop, 6)));
    const fulfilled = async () =>
      (await shop.db.selectFrom('orders').select('id').where('status', '=', 'fulfilled').execute())
        .length;
    await until(async () => (await fulfilled()) === orders.length, {
      what: 'every parcel',
    });

    // Everything once more, as a broker may.
    const before = said('known').length;
    const paidOnes = (await outbox(shop.db)).filter(({ type }) => type === 'order.paid');
    await peer.inject(...paidOnes.map(({ id, stream_id }) => paid(id, stream_id)));
    await until(() => said('known').length >= before + orders.length, {
      what: 'what is known',
    });

    const parcels = await rows('parcels');
    expect(parcels.map(({ order_id }) => order_id).sort()).toEqual([...orders].sort());
    const told = (await outbox(shop.db)).filter(({ type }) => type === 'order.fulfilled');
    expect(told.map(({ stream_id }) => stream_id).sort()).toEqual([...orders].sort());
    await until(async () => (await rows('dead_letters')).length === 2, {
      what: 'what is put aside',
    });
    const letters = await rows('dead_letters');
    expect(new Map(letters.map(({ body, reason }) => [body, reason]))).toEqual(
      new Map([
        ['no event at all', 'not an event of the shop'],
        [stranger, expect.stringContaining('404')],
      ]),
    );
    survivor.child.kill('SIGTERM');
    expect(await survivor.ended).toBe(0);
  });
}

/** So many orders, placed and paid. */
async function pay(shop: TestShop, count: number): Promise<string[]> {
  const { token } = await shop.customer();
  const product = await shop.product({ stock: count });
  const orders: string[] = [];
  for (const _ of upTo(count)) {
    const { body } = await shop.order(token, product.variantId);
    await shop.api('PUT', `/api/orders/${body.id}`, {
      token: await shop.adminToken(),
      body: { status: 'paid' },
    });
    orders.push(body.id);
  }
  return orders;
}

async function sent(shop: TestShop): Promise<void> {
  await until(async () => {
    const all = await sendings(shop.db);
    return all.length > 0 && all.every(({ published_at }) => published_at !== null);
  });
}

function paid(id: string, orderId: string): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    type: 'order.paid',
    subject: `order/${orderId}`,
  });
}

/** A key that may write orders. */
async function apiKey(shop: TestShop): Promise<string> {
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const { body } = await shop.api('POST', '/api/api-keys', {
    token: await shop.adminToken(),
    body: { name: 'Fulfilment', scopes: ['orders:read', 'orders:write'], expiresAt },
  });
  return body.key;
}
