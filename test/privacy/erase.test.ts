import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { enqueueJob } from '../../src/events/jobs.ts';
import { eraseOrdersOf } from '../../src/modules/orders/erase-orders.service.ts';
import {
  eraseCustomer,
  eraseOrders,
  sweepErasures,
} from '../../src/modules/privacy/erase.service.ts';
import { openConsole, textOf } from '../admin/support.ts';
import { letProofsAge } from '../factors/support.ts';
import { openBrowser } from '../identity/browser.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { tablesWith } from './support.ts';

let shop: TestShop;
let admin: Awaited<ReturnType<typeof openConsole>>;
let person: Awaited<ReturnType<typeof live>>;

const address = {
  name: 'Wilhelmina Quastenbohm',
  line1: 'Zinnkrugweg 17',
  city: 'Quellenau',
  postalCode: 'QX-90871',
  country: 'DE',
  phone: '+49 555 0198',
};
const elsewhere = 'quastenbohm.office@example.test';
/** What only tells of this person. */
const traces = () => [
  person.email,
  elsewhere,
  ...Object.values(address).filter((v) => v !== 'DE'),
  'Schnabelwolf',
  'subject of Quastenbohm',
];

/** A customer with everything that leaves traces: orders, payments, refunds, a cart, mails that wait, words of staff. */
async function live() {
  const { id, email, password, token } = await shop.customer();
  const staff = await shop.adminToken();
  await sql`UPDATE users SET name = 'Wilhelmina Quastenbohm' WHERE id = ${id}`.execute(shop.db);
  const product = await shop.product({ stock: 50 });
  const order = async (more: object) =>
    (
      await shop.api('POST', '/api/orders', {
        token,
        body: { items: [{ variantId: product.variantId, quantity: 1 }], ...more },
        headers: { 'idempotency-key': crypto.randomUUID() },
      })
    ).body.id as string;
  const paid = await order({ shippingAddress: address });
  await shop.pay(token, paid);
  for (const status of ['fulfilled', 'delivered'])
    await shop.api('PUT', `/api/orders/${paid}`, { token: staff, body: { status } });
  const refunded = await order({ email: elsewhere });
  await shop.pay(token, refunded);
  await shop.api('POST', `/api/orders/${refunded}/refunds`, {
    token: staff,
    body: { reason: 'Frau Schnabelwolf called' },
    headers: { 'idempotency-key': 'refund' },
  });
  await shop.api('PUT', `/api/cart/items/${product.variantId}`, { token, body: { quantity: 2 } });
  await sql`
    INSERT INTO admin_tasks (id, kind, subject, title, detail, severity, order_id, state, closed_at, closed_by, note)
    VALUES (gen_random_uuid(), 'x', 'x', 'x', 'x', 'error', ${paid}, 'done', now(), ${id}, 'Frau Schnabelwolf wrote')`.execute(
    shop.db,
  );
  await sql`
    INSERT INTO staff_invitations (id, email, role, invited_by, expires_at)
    SELECT gen_random_uuid(), ${email}, 'admin', id, now() + interval '1 day' FROM users WHERE role = 'admin'`.execute(
    shop.db,
  );
  await sql`
    INSERT INTO provider_accounts (issuer, subject, user_id)
    VALUES ('https://login.example', 'subject of Quastenbohm', ${id})`.execute(shop.db);
  await sql`SELECT graphile_worker.add_job('send_password_reset', ${JSON.stringify({ email })}::json,
    run_at => now() + interval '1 day')`.execute(shop.db);
  await until(async () => {
    const { body } = await shop.api('GET', `/api/orders/${refunded}`, { token });
    return body.refundedTotal.amount === body.total.amount;
  });
  // All that Stripe tells of it is part of the data, and of what is erased.
  await until(async () => {
    const { data } = await shop.atStripe('/_test/events');
    return data.every((event: { pending_webhooks: number }) => event.pending_webhooks === 0);
  });
  return { id, email, password, token, paid, refunded, product };
}

async function signIn({ email, password }: { email: string; password: string }) {
  const browser = openBrowser(shop.url);
  await browser.open('/sign-in');
  expect((await browser.submit('/sign-in', { email, password })).status).toBe(303);
  return browser;
}

beforeAll(async () => {
  shop = await startShop();
  admin = await openConsole(shop);
  person = await live();
});
afterAll(() => shop.stop());

describe('the data that somebody takes along', () => {
  it('is all that the shop holds of them, once they proved that it is they', async () => {
    const browser = await signIn(person);
    await browser.open('/account/data');
    await letProofsAge(shop, person.id);
    const asked = await browser.submit('/account/data', {});
    expect(asked.location).toBe(`/confirm?next=${encodeURIComponent('/account/data')}`);
    await browser.open(String(asked.location));
    await browser.submit(String(asked.location), { password: person.password });
    const { text, headers } = await browser.submit('/account/data', {});
    expect(headers.get('content-disposition')).toBe('attachment; filename="my-data.json"');
    const data = JSON.parse(text);
    expect(data.profile).toMatchObject({ email: person.email, name: 'Wilhelmina Quastenbohm' });
    expect(data.orders.map(({ id }: { id: string }) => id)).toEqual([person.paid, person.refunded]);
    expect(data.orders[0]).toMatchObject({ shippingAddress: address, items: [{ quantity: 1 }] });
    expect([data.payments.length, data.refunds.length, data.cart.length]).toEqual([2, 1, 1]);
    expect(data.sessions.length).toBeGreaterThanOrEqual(2);
    // What Stripe told of a payment, and of the refund.
    const told = data.toldByStripe.map(({ type }: { type: string }) => type);
    expect(told).toEqual(expect.arrayContaining(['checkout.session.completed', 'refund.updated']));
    expect(data.acts.at(-1)).toMatchObject({ act: 'customer.exported', by: 'customer' });
    for (const trace of traces()) expect(text).toContain(trace);
    expect(text).not.toMatch(/argon2|tokenHash|password_hash/);
  });

  it('is given to staff for customers alone', async () => {
    const { text } = await admin.open(`/admin/customers/${person.id}/data.json`);
    expect(JSON.parse(text).profile.email).toBe(person.email);
    const [staff] = await shop.db
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'admin')
      .execute();
    expect((await admin.open(`/admin/customers/${staff?.id}/data.json`)).status).toBe(403);
    expect((await admin.open(`/admin/customers/${crypto.randomUUID()}/data.json`)).status).toBe(
      404,
    );
  });
});

describe('a customer', () => {
  it('is not erased while an order is under way, which is named', async () => {
    const other = await shop.customer();
    const { body } = await shop.order(other.token, person.product.variantId);
    const browser = await signIn(other);
    await browser.open('/account/erase');
    const { status, text } = await browser.submit('/account/erase', {});
    expect(status).toBe(409);
    expect(textOf(text)).toContain(`Orders are still under way: ${body.number}.`);
    await admin.open('/admin/endpoints/new');
    await admin.submit(`/admin/customers/${other.id}/erase`, {});
    expect(textOf((await admin.open(`/admin/customers/${other.id}`)).text)).toContain(
      'still under way',
    );
    await shop.api('DELETE', `/api/orders/${body.id}`, { token: other.token });
  });

  it('is not erased while an order that cost nothing is still to be sent', async () => {
    const other = await shop.customer();
    const { variantId } = await shop.product({ price: 0 });
    const { body } = await shop.order(other.token, variantId);
    await shop.api('POST', '/api/checkout', { token: other.token, body: { orderId: body.id } });
    const erase = async () => {
      const browser = await signIn(other);
      await browser.open('/account/erase');
      return (await browser.submit('/account/erase', {})).status;
    };
    expect(await erase()).toBe(409);
    const token = await shop.adminToken();
    for (const status of ['fulfilled', 'delivered'])
      await shop.api('PUT', `/api/orders/${body.id}`, { token, body: { status } });
    expect(await erase()).toBe(303);
  });

  it('is not erased by somebody who does not prove who they are, and staff not at all', async () => {
    const browser = await signIn(person);
    await browser.open('/account/erase');
    const [staff] = await shop.db
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'admin')
      .execute();
    for (const id of [person.id, String(staff?.id)]) await letProofsAge(shop, id);
    const toConfirm = (page: string) => `/confirm?next=${encodeURIComponent(page)}`;
    const own = await browser.submit('/account/erase', {});
    expect(own.location).toBe(toConfirm('/account/erase'));
    const page = `/admin/customers/${person.id}`;
    expect((await admin.submit(`${page}/erase`, {})).location).toBe(toConfirm(page));
    const file = `${page}/data.json`;
    expect((await admin.open(file)).location).toBe(toConfirm(file));
    const { password } = shop.admin;
    await admin.open(toConfirm(page));
    expect((await admin.submit(toConfirm(page), { password })).location).toBe(page);
    expect((await admin.open('/account/erase')).status).toBe(403);
    expect((await admin.submit('/account/erase', {})).status).toBe(403);
    expect((await admin.submit(`/admin/customers/${staff?.id}/erase`, {})).status).toBe(403);
    expect(await tablesWith(shop, person.email)).toContain('public.users');
  });

  it('is gone from every table once they are erased, and their orders stay', async () => {
    for (const trace of traces()) expect(await tablesWith(shop, trace), trace).not.toEqual([]);
    const total = (await shop.api('GET', `/api/orders/${person.paid}`, { token: person.token }))
      .body.total;
    const browser = await signIn(person);
    await browser.open('/account/erase');
    // From here on signing in would ask for it.
    await sql`
      INSERT INTO passkeys (id, user_id, credential_id, public_key, counter, transports, name)
      VALUES (gen_random_uuid(), ${person.id}, 'x', '\\x00', 0, '{}', 'Quastenbohms Telefon')`.execute(
      shop.db,
    );
    const { status, location } = await browser.submit('/account/erase', {});
    expect([status, location]).toEqual([303, '/']);
    await until(async () => {
      const [row] = await shop.db
        .selectFrom('erasures')
        .selectAll()
        .where('user_id', '=', person.id)
        .execute();
      return row?.finished_at instanceof Date;
    });
    for (const trace of [...traces(), 'Quastenbohms Telefon'])
      expect(await tablesWith(shop, trace), trace).toEqual([]);
    const { body } = await shop.api('GET', `/api/orders/${person.paid}`, {
      token: await shop.adminToken(),
    });
    expect(body).toMatchObject({
      total,
      status: 'delivered',
      email: 'erased@erased.invalid',
      shippingAddress: { country: 'DE', name: '(erased)', line1: '(erased)' },
    });
    await expectCleanAudit(shop.db);
  });

  it('who is erased is signed out everywhere, signs in no more, and may come anew', async () => {
    const { status } = await shop.api('GET', '/api/auth/profile', { token: person.token });
    expect(status).toBe(401);
    const { email, password } = person;
    expect((await shop.api('POST', '/api/auth/login', { body: { email, password } })).status).toBe(
      401,
    );
    expect(
      (await shop.api('POST', '/api/auth/register', { body: { email, password, name: 'W' } }))
        .status,
    ).toBe(201);
    expect(textOf((await admin.open(`/admin/customers/${person.id}`)).text)).toContain(
      'Erased customer',
    );
    expect((await admin.submit(`/admin/customers/${person.id}/erase`, {})).status).toBe(303);
    expect(textOf((await admin.open(`/admin/customers/${person.id}`)).text)).toContain(
      'erased already',
    );
  });

  it('is erased by staff, and the trail tells who did it', async () => {
    const { id } = await shop.customer();
    await admin.open('/admin/endpoints/new');
    expect((await admin.submit(`/admin/customers/${id}/erase`, {})).status).toBe(303);
    const told = await shop.db
      .selectFrom('trail')
      .selectAll()
      .where('subject_id', '=', id)
      .execute();
    expect(told).toMatchObject([{ act: 'customer.erased', actor_kind: 'staff', detail: {} }]);
  });
});

describe('a mail that waits', () => {
  it('goes with who is erased, and never with somebody whose address ends like theirs', async () => {
    const { id, email } = await shop.customer();
    const addresses = [email, `jo${email}`, `${email}.example`];
    for (const address of addresses)
      await enqueueJob(
        shop.db,
        'send_password_reset',
        { email: address },
        { delaySeconds: 86_400 },
      );
    await eraseCustomer(shop.db, id);
    const { rows } = await sql<{ email: string }>`
      SELECT payload ->> 'email' AS email FROM graphile_worker._private_jobs
      WHERE payload ->> 'email' = ANY (${addresses})`.execute(shop.db);
    expect(rows.map((row) => row.email).toSorted()).toEqual(addresses.slice(1).toSorted());
  });
});

describe('an erasure that is cut off', () => {
  it('goes on where it stood, also when its job is lost', async () => {
    const other = await shop.customer();
    const orders = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { body } = await shop.order(other.token, person.product.variantId);
        await shop.api('DELETE', `/api/orders/${body.id}`, { token: other.token });
        return body.id;
      }),
    );
    await inTransaction(shop.db, (tx) => eraseOrdersOf(tx, other.id, 1));
    const left = () => tablesWith(shop, other.email);
    expect(await left()).toContain('public.orders');
    await sql`INSERT INTO erasures (user_id, requested_at) VALUES (${other.id}, now() - interval '1 hour')`.execute(
      shop.db,
    );
    await sweepErasures(shop.db);
    await until(async () => !(await left()).includes('public.orders'));
    await eraseOrders(shop.db, other.id);
    expect(orders).toHaveLength(3);
  });
});

describe('an order and an erasure at the same moment', () => {
  it('leave no order that says whose it was: either the order is first or the account is gone', async () => {
    const { variantId } = await shop.product({ stock: 500 });
    for (let round = 0; round < 5; round += 1) {
      const { id, email, token } = await shop.customer();
      const place = () => shop.order(token, variantId);
      const erase = () =>
        eraseCustomer(shop.db, id).then(
          () => 'erased',
          () => 'refused',
        );
      const [outcome, ...placed] = await Promise.all([
        erase(),
        ...Array.from({ length: 6 }, place),
      ]);
      const statuses = placed.map(({ status }) => status);
      if (outcome === 'refused') expect(statuses).toContain(201);
      else expect(statuses.filter((status) => status === 201)).toEqual([]);
      if (outcome === 'erased') expect(await tablesWith(shop, email)).toEqual([]);
    }
  });

  it('refuse an order whose customer was erased after it was asked for', async () => {
    const { id, token } = await shop.customer();
    const { variantId } = await shop.product();
    // The token is known for five more seconds.
    await shop.api('GET', '/api/auth/profile', { token });
    await eraseCustomer(shop.db, id);
    const { status, body } = await shop.order(token, variantId);
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
    const orders = await shop.db
      .selectFrom('orders')
      .select('id')
      .where('customer_id', '=', id)
      .execute();
    expect(orders).toEqual([]);
  });
});
