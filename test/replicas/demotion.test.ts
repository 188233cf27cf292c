import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../identity/browser.ts';
import {
  type PostgresServer,
  type ReplicaSet,
  startReplicaSet,
} from '../support/postgres-server.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { databaseOf, isRead } from './support.ts';

// The one server that the address names, and a standby that answers reads.
let servers: ReplicaSet;
let database: ReturnType<typeof databaseOf>;
let shop: TestShop;

beforeAll(async () => {
  servers = await startReplicaSet(1);
  database = databaseOf(servers.primary);
  const env = { DATABASE_REPLICA_URLS: (servers.standbys[0] as PostgresServer).url };
  shop = await startShop(env, { role: 'all', database });
  await until(() => isRead(shop));
});
afterAll(async () => {
  await shop?.stop();
  await database?.db.destroy();
  await servers?.stop();
});

it('a primary that became a standby under its own address is trouble of the moment, for readers too', async () => {
  const { token, email, password } = await shop.customer();
  const { variantId, slug } = await shop.product({ stock: 5 });
  const browser = openBrowser(() => shop.url);
  await browser.open('/sign-in');
  await browser.submit('/sign-in', { email, password });
  await servers.primary.demote();
  await until(async () => (await shop.api('GET', '/health/ready')).status === 200);
  await until(() => isRead(shop));

  const asked = [
    ...['/api/products', '/api/products/search?q=oak', '/', `/products/${slug}`].map((path) =>
      shop.api('GET', path),
    ),
    shop.api('GET', '/api/orders', { token }),
    shop.order(token, variantId),
  ];
  for (const { status, headers } of await Promise.all(asked)) {
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect((await browser.open('/account')).status).toBe(503);
});
