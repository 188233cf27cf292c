import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserOf } from '../staff/support.ts';
import { isPage, type Route, withRoutes } from '../support/routes.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { digest } from './digest.ts';

const EXPIRED = 'This form has expired or came from another site.';
const NOTHING = '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10';

interface Visitor {
  readonly cookies: string;
  readonly token: string;
}

let shop: TestShop;
let forms: Route[];
let victim: Visitor;
let attacker: Visitor;
beforeAll(async () => {
  const { started, routes } = await withRoutes(() => startShop({}, { role: 'web' }));
  shop = started;
  forms = routes.filter((route) => isPage(route) && route.method !== 'GET');
  victim = await visitor(shop.admin.email, shop.admin.password);
  attacker = await visitor((await shop.customer()).email);
});
afterAll(() => shop.stop());

/** Somebody signed in, and the token that their forms carry. */
async function visitor(email: string, password?: string): Promise<Visitor> {
  const browser = await browserOf(shop, email, password);
  const { text } = await browser.open('/account/password');
  const cookies = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return { cookies, token: /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? '' };
}

interface Sent {
  readonly token?: string;
  readonly cookies?: string;
  /** Fields beside, as they are written in the body of a form. */
  readonly more?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly type?: 'form' | 'multipart' | 'text';
}

/** Sends a form with the victim's cookies, as another site has a browser do. */
async function send({ method, url }: Route, sent: Sent) {
  const { token, cookies = victim.cookies, query = '', headers = {}, type = 'form' } = sent;
  const { more = '' } = sent;
  const fields = new URLSearchParams({
    confirm: 'yes',
    ...(token === undefined ? {} : { _csrf: token }),
  });
  const bodies = {
    form: [`${fields}${more}`, 'application/x-www-form-urlencoded'],
    multipart: [
      `--b\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n${token}\r\n--b--\r\n`,
      'multipart/form-data; boundary=b',
    ],
    text: [fields.toString(), 'text/plain'],
  } as const;
  const [body, contentType] = bodies[type];
  const response = await fetch(`${shop.url}${url.replaceAll(/:\w+/g, NOTHING)}${query}`, {
    method,
    redirect: 'manual',
    headers: { accept: 'text/html', cookie: cookies, 'content-type': contentType, ...headers },
    body,
  });
  return {
    status: response.status,
    text: await response.text(),
    set: response.headers.getSetCookie(),
  };
}

test('the walk knows every form', () => {
  expect(forms.length).toBeGreaterThan(60);
  expect(forms.map(({ method }) => method)).toEqual(forms.map(() => 'POST'));
});

const site = (value: string) => ({ 'sec-fetch-site': value });
const attacks: Record<string, () => Sent> = {
  'without a token': () => ({}),
  'with an empty token': () => ({ token: '' }),
  'with a made up token': () => ({ token: 'A'.repeat(43) }),
  'with the token of another session': () => ({ token: attacker.token }),
  'with the token in its address instead': () => ({ query: `?_csrf=${victim.token}` }),
  'with two tokens': () => ({ token: victim.token, more: `&_csrf=${victim.token}` }),
  'from another site': () => ({ token: victim.token, headers: site('cross-site') }),
  'from another host of the same site': () => ({ token: victim.token, headers: site('same-site') }),
  'of another origin': () => ({ token: victim.token, headers: { origin: 'https://evil.example' } }),
  'of no origin': () => ({ token: victim.token, headers: { origin: 'null' } }),
  'as plain text': () => ({ token: victim.token, type: 'text' }),
  'as an upload with the token of another session': () => ({
    token: attacker.token,
    type: 'multipart',
  }),
  'as an upload with another’s token in its address': () => ({
    ...{ token: victim.token, type: 'multipart', query: `?_csrf=${attacker.token}` },
  }),
};

test.each(Object.keys(attacks))(
  'every form that is sent %s is refused and changes nothing',
  async (what) => {
    const before = await digest(shop.db);
    const taken: string[] = [];
    for (const form of forms) {
      const { status, text, set } = await send(form, (attacks[what] as () => Sent)());
      const refused = status === 403 && text.includes(EXPIRED);
      // What is no form at all is refused as such.
      if (!refused && status !== 415) taken.push(`${form.name} answered ${status}`);
      if (set.some((cookie) => /session=[^;]/.test(cookie))) taken.push(`${form.name} signed in`);
    }
    expect(taken).toEqual([]);
    expect(await digest(shop.db)).toEqual(before);
  },
);

test('every form that carries its browser’s token is let through that gate', async () => {
  const last = ['POST /sign-out', 'POST /account/sessions/end-others'];
  const refused: string[] = [];
  for (const form of forms.filter(({ name }) => !last.includes(name))) {
    const { token } = victim;
    const upload = form.name === 'POST /admin/import';
    const answer = upload
      ? await send(form, {
          type: 'multipart',
          query: `?_csrf=${token}`,
          headers: site('same-origin'),
        })
      : await send(form, { token, headers: site('same-origin') });
    if (answer.text.includes(EXPIRED) || answer.status >= 500)
      refused.push(`${form.name} answered ${answer.status}`);
  }
  expect(refused).toEqual([]);
});

test('no page changes anything by being opened where only its form should', async () => {
  const before = await digest(shop.db);
  for (const { url } of forms) {
    const path = url.replaceAll(/:\w+/g, NOTHING);
    const response = await fetch(`${shop.url}${path}?_csrf=${victim.token}&confirm=yes`, {
      redirect: 'manual',
      headers: { cookie: victim.cookies, accept: 'text/html' },
    });
    await response.arrayBuffer();
    expect(response.status).toBeLessThan(500);
  }
  expect(await digest(shop.db)).toEqual(before);
});
