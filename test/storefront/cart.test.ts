import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { deleteUnordered } from '../../src/modules/catalog/write-product.repository.ts';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { addToCart } from './buyer.ts';

describe('a cart', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  /** Begins to act while a product is deleted, and ends the deletion once what was begun waits for it. */
  async function whileDeleted<T>(productId: string, act: () => Promise<T>): Promise<T> {
    const acting = await inTransaction(shop.db, async (tx) => {
      await deleteUnordered(tx, productId);
      const begun = act();
      await until(async () => {
        const { rows } = await sql`
          SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(shop.db);
        return rows.length === 1;
      });
      return { begun };
    });
    return acting.begun;
  }

  test('refuses a product that is deleted just when it is added', async () => {
    const product = await shop.product();
    const { token } = await shop.customer();
    const { status, body } = await whileDeleted(product.id, () =>
      shop.api('PUT', `/api/cart/items/${product.variantId}`, { token, body: { quantity: 1 } }),
    );
    expect([status, body.code]).toEqual([404, 'not_found']);
  });

  test('of a guest joins without a product that is deleted just when they sign in', async () => {
    const [gone, kept] = [await shop.product(), await shop.product()];
    const { email, password, token } = await shop.customer();
    const guest = openBrowser(shop.url);
    for (const { slug } of [gone, kept]) await addToCart(guest, slug);
    await guest.open('/sign-in');
    const { status } = await whileDeleted(gone.id, () =>
      guest.submit('/sign-in', { email, password }),
    );
    expect(status).toBe(303);
    const { body } = await shop.api('GET', '/api/cart', { token });
    expect(body.lines).toMatchObject([{ variantId: kept.variantId, quantity: 1 }]);
  });
});
