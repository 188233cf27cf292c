import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMailbox } from '../../src/dev/mailbox.ts';
import { createApi } from '../support/api.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';

/** What may happen once, asked for 50 times at once. Requests alternate between two processes on one database. */
describe('once, attacked through two processes', () => {
  let shop: Fleet;
  beforeAll(async () => {
    shop = await startFleet();
  });
  afterEach(() => expectCleanAudit(shop.db));
  afterAll(() => shop.stop());

  const times = <T>(count: number, act: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => act(index)));

  it('50 twins of one order with one idempotency key make one order, answered alike (Spree: no claim in flight)', async () => {
    const product = await shop.product({ stock: 100 });
    const { token } = await shop.customer();
    const answers = await times(50, () =>
      shop.order(token, product.variantId, 2, { 'idempotency-key': 'one-order' }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => headers.get('location')))).toEqual(
      new Set([`/api/orders/${answers[0]?.body.id}`]),
    );
    const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
    expect(replayed).toHaveLength(49);
    expect(await shop.available(product)).toBe(98);
  });

  it('one key of 20 customers makes 20 orders (Spree: one namespace for all shoppers)', async () => {
    const product = await shop.product({ stock: 100 });
    const customers = await times(20, () => shop.customer());
    const answers = await Promise.all(
      customers.map(({ token }) =>
        shop.order(token, product.variantId, 1, { 'idempotency-key': 'shared' }),
      ),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(20);
  });

  it('no refusal and no failure is stored under a key: not 409, 422, 500 or 503 (Spree: 4xx for a day)', async () => {
    const product = await shop.product({ stock: 0 });
    const { token } = await shop.customer();
    const headers = { 'idempotency-key': 'patient' };
    const place = (quantity = 1) => shop.order(token, product.variantId, quantity, headers);
    expect((await place()).status).toBe(409);

    await shop.api('POST', `/api/inventory/${product.variantId}/adjustments`, {
      token: await shop.adminToken(),
      body: { delta: 5, reason: 'delivery' },
    });
    await sql`
      CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$`.execute(
      shop.db,
    );
    await sql`
      CREATE TRIGGER full_disk BEFORE INSERT ON order_items
      FOR EACH ROW EXECUTE FUNCTION full_disk()`.execute(shop.db);
    // A client that takes the first answer: the shop's says that it may try again.
    const failed = await createApi(shop.next, shop.standInUrl, shop.admin).order(
      token,
      product.variantId,
      1,
      headers,
    );
    await sql`DROP FUNCTION full_disk CASCADE`.execute(shop.db);
    expect(failed.status).toBeGreaterThanOrEqual(500);

    const placed = await place();
    expect([placed.status, placed.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect((await place(2)).status).toBe(422);
    expect((await place()).body).toEqual(placed.body);

    const checkout = () =>
      shop.api('POST', '/api/checkout', { token, body: { orderId: placed.body.id }, headers });
    await shop.fault({ down: true });
    expect((await checkout()).status).toBe(503);
    await shop.fault({ clear: true });
    expect((await checkout()).status).toBe(201);
    expect(await shop.available(product)).toBe(4);
  });

  it('a password reset is used once by 50 at once (ACIDRain voucher, level-based)', async () => {
    const { email } = await shop.customer();
    await shop.api('POST', '/api/auth/request-reset', { body: { email } });
    const mailbox = createMailbox(shop.dataDir);
    const mailed = async () => (await mailbox.list()).find(({ to }) => to === email)?.text;
    await until(async () => (await mailed()) !== undefined);
    const token = /token=([\w-]{43})/.exec((await mailed()) ?? '')?.[1];
    const answers = await times(50, (index) =>
      shop.api('POST', '/api/auth/reset-password', {
        body: { token, password: `an entirely new password ${index}` },
      }),
    );
    const winners = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
    const password = `an entirely new password ${winners[0]}`;
    expect((await shop.api('POST', '/api/auth/login', { body: { email, password } })).status).toBe(
      200,
    );
  });

  it('a refresh token is used once by 50 at once, and its session ends (ACIDRain voucher, level-based)', async () => {
    const { email, password } = await shop.customer();
    const { body } = await shop.api('POST', '/api/auth/login', { body: { email, password } });
    const refresh = (refreshToken: string) =>
      shop.api('POST', '/api/auth/refresh', { body: { refreshToken } });
    const answers = await times(50, () => refresh(body.refreshToken));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect((await refresh(winners[0]?.body.refreshToken)).status).toBe(401);
  });
});
