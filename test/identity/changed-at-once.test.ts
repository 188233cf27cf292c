import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import { untilBlocked } from '../support/blocked.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { PASSWORD } from './support.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

test('of two changes of a password at once one is made, and the other is told so as documented', async () => {
  const email = 'ada@example.org';
  const { body } = await shop.api('POST', '/api/auth/register', {
    body: { email, password: PASSWORD },
  });
  const change = (newPassword: string) =>
    shop.api('POST', '/api/auth/change-password', {
      token: body.accessToken,
      body: { currentPassword: PASSWORD, newPassword },
    });
  const both = await inTransaction(shop.db, async (tx) => {
    await sql`SELECT FROM users WHERE email = ${email} FOR UPDATE`.execute(tx);
    const sent = ['quite another battery', 'yet another battery'].map(change);
    await untilBlocked(shop.db, 2);
    return sent;
  });
  const statuses = (await Promise.all(both)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([204, 409]);
});
