import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { openBrowser } from '../identity/browser.ts';
import { addToCart, filledForm, PASSWORD, registered } from '../storefront/buyer.ts';
import type { TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const DECLINED = '4000000000000002';

/** What a day brings, once: people who look around and buy by pages and by programs, and what goes wrong for them. */
export async function aDay(shop: TestShop): Promise<void> {
  const product = await shop.product({ stock: 50, title: `Oak board ${randomUUID()}` });
  await browse(shop, product);
  await buyByPages(shop, product.slug);
  await buyByProgram(shop, product.variantId);
  await goWrong(shop, product.variantId);
  collectGarbage();
  await shop.db.executeQuery(
    sql`SELECT graphile_worker.add_job('reconcile', '{"trigger":"command"}'::json)`.compile(
      shop.db,
    ),
  );
}

/** The process of the tests is the shop's: it has pauses for garbage too, when it likes or when told. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

async function browse(shop: TestShop, { id, slug }: { id: string; slug: string }) {
  const category = (await shop.api('GET', '/api/categories')).body.data?.[0]?.slug ?? 'none';
  for (const path of [
    '/',
    '/products',
    `/products/${slug}`,
    `/categories/${category}`,
    '/search?q=oak',
    '/api/products',
    '/api/products/search?q=oak',
    `/api/products/${id}`,
  ])
    await shop.api('GET', path);
}

async function buyByPages(shop: TestShop, slug: string) {
  const { browser, email } = await registered(shop.url);
  await addToCart(browser, slug);
  const { location } = await browser.submit('/checkout', await filledForm(browser, email));
  await shop.payAtStandIn(String(location).split('/').at(-1) ?? '');
  const again = openBrowser(shop.url);
  await again.open('/sign-in');
  await again.submit('/sign-in', { email, password: PASSWORD });
  // Somebody who comes back to an order that waits.
  await addToCart(again, slug);
  await again.submit('/checkout', await filledForm(again, email));
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM orders WHERE status = 'pending' ORDER BY created_at DESC LIMIT 1`.execute(
    shop.db,
  );
  await again.open(`/orders/${rows[0]?.id}`);
  await again.submit(`/orders/${rows[0]?.id}/pay`, {});
}

async function buyByProgram(shop: TestShop, variantId: string) {
  const { token, email, password } = await shop.customer();
  const { body: session } = await shop.api('POST', '/api/auth/login', {
    body: { email, password },
  });
  await shop.api('POST', '/api/auth/refresh', { body: { refreshToken: session.refreshToken } });
  await shop.api('PUT', `/api/cart/items/${variantId}`, { token, body: { quantity: 1 } });
  const key = { 'idempotency-key': randomUUID() };
  const { body: order } = await shop.order(token, variantId, 1, key);
  await shop.order(token, variantId, 1, key);
  await shop.pay(token, order.id);
  const refund = {
    token: await shop.adminToken(),
    body: { amount: { amount: 100, currency: 'USD' }, reason: 'damaged' },
  };
  await shop.api('POST', `/api/orders/${order.id}/refunds`, refund);
  const refunds = async () =>
    (await shop.api('GET', `/api/orders/${order.id}/refunds`, { token: await shop.adminToken() }))
      .body.data;
  await until(
    async () => (await refunds()).some(({ status }: { status: string }) => status === 'succeeded'),
    { what: 'the refund' },
  );
}

async function goWrong(shop: TestShop, variantId: string) {
  const { token, email } = await shop.customer();
  await shop.api('POST', '/api/auth/login', { body: { email, password: 'not this one' } });
  await shop.order(token, variantId, 1000);
  const { body: declined } = await shop.order(token, variantId);
  const { body: page } = await shop.api('POST', '/api/checkout', {
    token,
    body: { orderId: declined.id },
  });
  await shop.payAtStandIn(page.sessionId, DECLINED);

  const { body: late } = await shop.order(token, variantId);
  await sql`UPDATE orders SET reserved_until = now() WHERE id = ${late.id}`.execute(shop.db);

  const { body: unlucky } = await shop.order(token, variantId);
  await shop.fault({ failRate: 1, status: 500, match: 'POST /v1/checkout/sessions' });
  await shop.api('POST', '/api/checkout', { token, body: { orderId: unlucky.id } });
  await shop.fault({ clear: true });

  await until(
    async () =>
      (await shop.api('GET', `/api/orders/${late.id}`, { token })).body.status === 'expired',
    { what: 'an order that ran out' },
  );
}
