import { randomUUID } from 'node:crypto';
import { openBrowser } from '../identity/browser.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { CLIENT, type Lies, type Person, type Provider, startProvider } from './provider.ts';

type Browser = ReturnType<typeof openBrowser>;

/** A shop whose staff may sign in by a provider, and the provider. */
export async function startShopWithProvider() {
  const provider = await startProvider();
  const shop = await startShop(
    {
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_NAME: 'Okta',
    },
    { role: 'web' },
  );
  return {
    shop,
    provider,
    async stop() {
      await shop.stop();
      await provider.stop();
    },
  };
}

/** Somebody new at the provider, whose address it has verified. */
export function person(email: string, more: Partial<Person> = {}): Person {
  return { sub: randomUUID(), email, email_verified: true, name: 'Grace Hopper', ...more };
}

/** Goes to the provider and comes back: the path that it sends the browser to. */
export async function atProvider(browser: Browser, path = '/sign-in/provider'): Promise<string> {
  const { location } = await browser.open(path);
  const answer = await fetch(location ?? '', { redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? '');
  return `${back.pathname}${back.search}`;
}

/** Signs in by the provider in a new browser. */
export async function signInBy(
  { shop, provider }: { shop: TestShop; provider: Provider },
  who: Person,
  lies?: Lies,
) {
  provider.signsIn(who, lies);
  const browser = openBrowser(shop.url);
  const answer = await browser.open(await atProvider(browser));
  return { browser, answer };
}

/** Whether somebody is signed in in a browser. */
export async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open('/account/security')).status === 200;
}

/** What the trail tells of an account. */
export async function actsOf(shop: TestShop, userId: string): Promise<string[]> {
  const rows = await shop.db
    .selectFrom('trail')
    .select('act')
    .where('subject_id', '=', userId)
    .orderBy('position')
    .execute();
  return rows.map(({ act }) => act);
}

/** The accounts that are tied to a subject. */
export function linksOf(shop: TestShop, userId: string) {
  return shop.db
    .selectFrom('provider_accounts')
    .selectAll()
    .where('user_id', '=', userId)
    .execute();
}
