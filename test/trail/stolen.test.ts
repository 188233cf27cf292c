import { expect, test } from 'vitest';
import { startShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

test('the trail tells what a thief of a token would do: use a spent one, and guess the password to change it', async () => {
  const shop = await startShop();
  const { email, password, id } = await shop.customer();
  const login = await shop.api('POST', '/api/auth/login', { body: { email, password } });
  const { accessToken: token, refreshToken } = login.body;
  const body = { currentPassword: 'a guess of a thief', newPassword: 'what a thief would like' };
  expect((await shop.api('POST', '/api/auth/change-password', { token, body })).status).toBe(400);
  for (const status of [200, 401])
    expect((await shop.api('POST', '/api/auth/refresh', { body: { refreshToken } })).status).toBe(
      status,
    );
  await until(
    async () => {
      const rows = await shop.db
        .selectFrom('trail')
        .select('act')
        .where('subject_id', '=', id)
        .execute();
      const acts = rows.map(({ act }) => String(act));
      return ['password_change.failed', 'refresh_token.reused'].every((act) => acts.includes(act));
    },
    { what: 'both acts in the trail' },
  );
  await shop.stop();
});
