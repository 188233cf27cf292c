import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { type IdentityServer, PASSWORD, startIdentity, tokenIn } from './support.ts';

let shop: IdentityServer;
beforeAll(async () => {
  shop = await startIdentity();
});
afterAll(() => shop.stop());

const post = (path: string, body: unknown, token?: string) =>
  shop.api('POST', `/api/auth/${path}`, { body, ...(token && { token }) });
const own = 'ada.byron';
const account = () => ({ email: `${own}@${newId()}.example`, name: 'Ada King Byron' });

/** Every way to choose a password; each says at which field it was refused, if it was. */
const ways: Record<string, (password: string) => Promise<unknown>> = {
  registering: async (password) =>
    (await post('register', { ...account(), password })).body.errors?.[0].path,
  'changing it': async (newPassword) => {
    const { body } = await post('register', { ...account(), password: PASSWORD });
    const change = { currentPassword: PASSWORD, newPassword };
    const answer = await post('change-password', change, body.accessToken);
    return answer.body?.errors[0].path;
  },
  'a mailed link': async (password) => {
    const { email, ...rest } = account();
    await post('register', { email, ...rest, password: PASSWORD });
    await post('request-reset', { email });
    const [mail] = await shop.sendResetMails();
    const token = tokenIn(mail);
    const refused = await post('reset-password', { token, password });
    // The link is good for another try.
    expect((await post('reset-password', { token, password: 'quite another one' })).status).toBe(
      refused.status === 200 ? 400 : 200,
    );
    return refused.body.errors?.[0].path;
  },
};

test.each(Object.entries(ways))('%s takes none that a guesser tries first', async (way, choose) => {
  const field = way === 'changing it' ? 'newPassword' : 'password';
  for (const guess of ['password123', 'Password123', 'trustno1', own, 'ada king byron'])
    expect(await choose(guess), guess).toBe(field);
  for (const good of ['correct horse stapler', `${own} of Ockham`])
    expect(await choose(good), good).toBeUndefined();
});
