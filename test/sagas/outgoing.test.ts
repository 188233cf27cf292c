import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readQueue } from '../../src/events/jobs.ts';
import { eraseCustomer } from '../../src/modules/privacy/erase.service.ts';
import { getDelivery, listDeliveries } from '../../src/modules/webhooks/deliveries.service.ts';
import { createEndpoint } from '../../src/modules/webhooks/endpoints.service.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';
import { type Receiver, startReceiver, verify } from '../webhooks/receiver.ts';
import { crashNow, holdCommit, holdUpdate } from './hold.ts';
import { type Buying, buying } from './support.ts';

/** A mail server that keeps what comes, and accepts it once it is let. */
async function startSlowMail() {
  const mails: string[] = [];
  let accepting = true;
  const waiting: (() => void)[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      text(stream).then((mail) => {
        mails.push(mail);
        if (accepting) done();
        else waiting.push(() => done());
      }, done);
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  return {
    mails,
    port: typeof address === 'object' && address ? address.port : 0,
    accept(does: boolean) {
      accepting = does;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A mail without the line breaks that its encoding put in. */
const unfolded = (mail: string) => mail.replaceAll('=\r\n', '');

describe('kill -9 in what goes out', () => {
  let mail: Awaited<ReturnType<typeof startSlowMail>>;
  let receiver: Receiver;
  let shop: Fleet;
  let buy: Buying;
  beforeAll(async () => {
    mail = await startSlowMail();
    receiver = await startReceiver();
    shop = await startFleet({
      processes: 1,
      env: { SMTP_URL: `smtp://127.0.0.1:${mail.port}`, LOG_LEVEL: 'info' },
    });
    buy = buying(shop);
  });
  afterEach(async () => {
    await shop.db.deleteFrom('webhook_endpoints').execute();
    await expectCleanAudit(shop.db);
    expect((await readQueue(shop.db)).dead).toEqual({});
  });
  afterAll(async () => {
    await shop.stop();
    await receiver.close();
    await mail.close();
  });

  const endpoint = () =>
    createEndpoint(
      shop.db,
      { insecure: true },
      { url: receiver.url, description: '', eventTypes: ['order.cancelled'] },
    );
  const cancel = ({ id, token }: { id: string; token: string }) =>
    shop.api('DELETE', `/api/orders/${id}`, { token });
  const only = async (endpointId: string) => {
    const { data } = await listDeliveries(shop.db, endpointId, {}, { limit: 5 });
    expect(data.length).toBeLessThan(2);
    return data[0] ? getDelivery(shop.db, endpointId, data[0].id) : null;
  };

  it('after an endpoint took an event and before that is noted: it comes again, with its id', async () => {
    const { id, secret } = await endpoint();
    receiver.received.length = 0;
    const point = await holdUpdate(shop, 'webhook_deliveries');
    await cancel(await buy.order());
    await point.reached();
    expect(receiver.received).toHaveLength(1);
    await point.crash();
    await shop.restart();
    await until(async () => (await only(id))?.state === 'delivered');
    const ids = receiver.received.map((one) => (verify(secret, one) as { id: string }).id);
    expect([ids.length, new Set(ids).size, (await only(id))?.attempts]).toEqual([2, 1, 1]);
  });

  it('after a failed attempt is noted and before its job ends: the next comes once', async () => {
    const { id } = await endpoint();
    receiver.received.length = 0;
    receiver.answerBy((response) => response.writeHead(500).end());
    const point = await holdCommit(shop, 'webhook_attempts');
    await cancel(await buy.order());
    await point.reached();
    await point.crash();
    receiver.answerBy((response) => response.writeHead(204).end());
    await shop.restart();
    await until(async () => (await only(id))?.state === 'delivered');
    await until(async () => Object.keys((await readQueue(shop.db)).dead).length === 0);
    expect([receiver.received.length, (await only(id))?.attempts]).toEqual([2, 2]);
  });

  it('after a mail server was given a mail and before it took it: the mail comes again under its id', async () => {
    mail.accept(false);
    const order = await buy.order();
    const about = () => mail.mails.filter((one) => unfolded(one).includes(order.id));
    await cancel(order);
    await until(() => about().length === 1);
    await crashNow(shop);
    mail.accept(true);
    await shop.restart();
    await until(() => about().length === 2);
    const ids = about().map((one) => /^Message-ID: (.*)$/im.exec(one)?.[1]);
    expect(new Set(ids).size).toBe(1);
  });

  it('after a link to set a password was mailed and before its job ends: both links work, once', async () => {
    const { email } = await shop.customer();
    const links = () =>
      mail.mails.flatMap((one) => /token=3D([\w-]+)/.exec(unfolded(one))?.slice(1) ?? []);
    mail.accept(false);
    mail.mails.length = 0;
    await shop.api('POST', '/api/auth/request-reset', { body: { email } });
    await until(() => links().length === 1);
    await crashNow(shop);
    mail.accept(true);
    await shop.restart();
    await until(() => links().length === 2);
    const [first, second] = links();
    const use = (token: string | undefined) =>
      shop.api('POST', '/api/auth/reset-password', {
        body: { token, password: 'another horse battery' },
      });
    expect([(await use(first)).status, (await use(second)).status]).toEqual([200, 400]);
  });

  it('in the middle of an erasure: it goes on to its end', async () => {
    const order = await buy.order();
    await cancel(order);
    const { rows } = await sql<{ id: string }>`
      SELECT customer_id AS id FROM orders WHERE id = ${order.id}`.execute(shop.db);
    const userId = rows[0]?.id ?? '';
    await until(() => mail.mails.some((one) => unfolded(one).includes(order.id)));
    const point = await holdUpdate(shop, 'orders');
    await eraseCustomer(shop.db, userId);
    await point.reached();
    await point.crash();
    await shop.restart();
    await until(async () => {
      const one = await shop.db
        .selectFrom('erasures')
        .select('finished_at')
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return one?.finished_at != null;
    });
  });
});
