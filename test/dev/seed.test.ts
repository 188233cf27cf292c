import { expect, it } from 'vitest';
import { runEntry } from '../support/process.ts';
import { startShop, type TestShop } from '../support/shop.ts';

it('a seeded shop satisfies the audit, sells, is added to only on demand, and every event is as the catalogue says', async () => {
  // Its stop looks at every event.
  const shop = await startShop();
  try {
    const seed = (...args: string[]) =>
      runEntry('seed.ts', args, { DATABASE_URL: shop.databaseUrl });
    const first = await seed('--products', '1000', '--orders', '10000');
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('10000 of 10000 orders') });
    const refused = await seed('--products', '1', '--orders', '1');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--append') });
    const more = await seed('--products', '50', '--orders', '500', '--append');
    expect(more).toMatchObject({ code: 0, err: '' });

    const audit = await runEntry('audit.ts', [], { DATABASE_URL: shop.databaseUrl });
    expect(audit).toMatchObject({ code: 0, out: expect.stringContaining('Clean:') });
    expect(await countsOf(shop)).toEqual({ products: 1050, orders: 10_500 });

    const login = { email: 'customer-1@seed.example', password: 'mainstay-demo' };
    const { body } = await shop.api('POST', '/api/auth/login', { body: login });
    const mine = await shop.api('GET', '/api/orders', { token: body.accessToken });
    expect(mine.body.data[0]).toMatchObject({ email: login.email });
    const { body: found } = await shop.api('GET', '/api/products?inStock=true&limit=1');
    const [variant] = found.data[0].variants.filter(
      ({ available }: { available: number }) => available > 0,
    );
    const { body: order } = await shop.order(body.accessToken, variant.id);
    await shop.pay(body.accessToken, order.id);
  } finally {
    await shop.stop();
  }
});

async function countsOf({ db }: TestShop) {
  const count = (table: 'products' | 'orders') =>
    db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<string>().as('rows'))
      .executeTakeFirstOrThrow();
  const [products, orders] = await Promise.all([count('products'), count('orders')]);
  return { products: Number(products.rows), orders: Number(orders.rows) };
}
