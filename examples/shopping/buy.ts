import { setTimeout } from 'node:timers/promises';
import { createMainstayClient, type Order, orThrow } from '../../client/src/index.ts';

/** Buys something by the client as a new customer, and gives the money back as the administrator. */
const {
  SHOP_URL: baseUrl = 'http://localhost:5004',
  ADMIN_EMAIL: adminEmail = 'admin@mainstay.example',
  ADMIN_PASSWORD: adminPassword = 'mainstay-demo',
} = process.env;
const [, , wanted = 'flsk'] = process.argv;

const shop = createMainstayClient({ baseUrl });
const account = await orThrow(
  shop.POST('/api/auth/register', {
    body: {
      email: `ada-${crypto.randomUUID()}@example.com`,
      password: 'correct horse battery',
      name: 'Ada',
    },
  }),
);
shop.session.use(account);
say('registered', account.user.email);

const found = await orThrow(
  shop.GET('/api/products/search', { params: { query: { q: wanted, limit: 1 } } }),
);
const variant = found.data[0]?.variants[0];
if (variant === undefined) throw new Error(`nothing is called like ${wanted}`);
say('found', found.data[0]?.title, variant.price);

// What is sent again, by the client or by you under the same key, is ordered once.
const placed = await orThrow(
  shop.POST('/api/orders', { body: { items: [{ variantId: variant.id, quantity: 1 }] } }),
);
say('ordered', placed.number, placed.total);

const { url, sessionId } = await orThrow(
  shop.POST('/api/checkout', { body: { orderId: placed.id } }),
);
await payAtStandIn(url, sessionId);
await untilPaid(placed.id);
say('paid', placed.number);

const office = createMainstayClient({ baseUrl });
office.session.use(
  await orThrow(
    office.POST('/api/auth/login', { body: { email: adminEmail, password: adminPassword } }),
  ),
);
const refund = await orThrow(
  office.POST('/api/orders/{id}/refunds', { params: { path: { id: placed.id } }, body: {} }),
);
say('refunded', refund.amount);

/** The customer's part: on the page at `url`. The local stand-in for Stripe takes it from a script too. */
async function payAtStandIn(url: string, sessionId: string): Promise<void> {
  const standIn = url.slice(0, url.indexOf('/pay/'));
  const answer = await fetch(`${standIn}/_test/checkout/sessions/${sessionId}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ card: '4242424242424242' }),
  });
  if (!answer.ok) throw new Error(`the card was not taken: ${await answer.text()}`);
}

/** Stripe tells the shop, a moment later. */
async function untilPaid(id: string): Promise<Order> {
  for (;;) {
    const order = await orThrow(shop.GET('/api/orders/{id}', { params: { path: { id } } }));
    if (order.status === 'paid') return order;
    await setTimeout(200);
  }
}

function say(...words: unknown[]): void {
  process.stdout.write(`${words.map((word) => JSON.stringify(word)).join(' ')}\n`);
}
