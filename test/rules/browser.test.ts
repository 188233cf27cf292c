import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { actors } from './guarded.ts';
import { pages } from './pages-of-a-browser.ts';

const YEAR = 365 * 24 * 3600;

let shop: Awaited<ReturnType<typeof pages>>;
beforeAll(async () => {
  shop = await pages();
});
afterAll(() => shop.app.close());

describe('a browser', () => {
  it('that is new gets a name that scripts and other sites cannot read, for a year', async () => {
    const { cookies, headers } = await shop.open('/');
    expect(cookies).toEqual([
      {
        name: 'mainstay_visitor',
        value: expect.stringMatching(/^[\w-]{43}$/),
        ...{ path: '/', httpOnly: true, sameSite: 'Lax', maxAge: YEAR },
      },
    ]);
    expect(headers['cache-control']).toBe('private, no-store');
    const [one, other] = [cookies[0]?.value, (await shop.open('/')).cookies[0]?.value];
    expect(one).not.toBe(other);
  });

  it('that is known keeps its name', async () => {
    const visitor = 'v'.repeat(43);
    const { cookies, body } = await shop.open('/', { mainstay_visitor: visitor });
    expect([cookies, JSON.parse(body).visitor]).toEqual([[], visitor]);
  });

  test.each([
    '',
    'short',
    'v'.repeat(42),
    'v'.repeat(44),
    `${'v'.repeat(42)}!`,
    `x ${'v'.repeat(43)}`,
  ])('that calls itself %j gets a name of ours', async (visitor) => {
    const { body } = await shop.open('/', { mainstay_visitor: visitor });
    expect(JSON.parse(body).visitor).not.toBe(visitor);
    expect(JSON.parse(body).visitor).toMatch(/^[\w-]{43}$/);
  });

  it('is whose session it has; one that is over is nobody’s', async () => {
    const open = async (token: string) =>
      (await shop.open('/', { mainstay_session: token })).json();
    expect(await open('of-the-clerk')).toMatchObject({
      ...{ who: actors.clerk.userId, session: 'of-the-clerk' },
    });
    expect((await open('over')).who).toBeNull();
    expect((await shop.open('/')).json()).toMatchObject({
      who: null,
      session: null,
      challenge: null,
    });
  });

  it('that is reached over https sends its cookies over nothing else, and to this host alone', async () => {
    const { open, app } = await pages({ secure: true });
    const all = [await open('/'), await open('/enter'), await open('/asked')].flatMap(
      ({ cookies }) => cookies,
    );
    expect(new Set(all.map(({ name }) => name))).toEqual(
      new Set(
        ['visitor', 'session', 'challenge', 'flash', 'known'].map(
          (name) => `__Host-mainstay_${name}`,
        ),
      ),
    );
    for (const cookie of all)
      expect(cookie).toMatchObject({ secure: true, httpOnly: true, path: '/', sameSite: 'Lax' });
    await app.close();
  });

  it('that signs in gets its session, forgets what it was asked, and goes where it wanted', async () => {
    const { cookies, headers, statusCode } = await shop.open('/enter?next=/cart');
    expect(cookies).toMatchObject([
      { name: 'mainstay_visitor' },
      { name: 'mainstay_session', value: 'of-the-clerk', maxAge: 1000, httpOnly: true },
      { name: 'mainstay_challenge', value: '', expires: new Date(0) },
      {
        name: 'mainstay_known',
        value: expect.stringMatching(/^[\w-]{22}\.[\w-]{43}$/),
        maxAge: YEAR,
      },
    ]);
    expect([statusCode, headers.location]).toEqual([303, '/cart']);
    expect(shop.merged.at(-1)).toBe(actors.clerk.userId);
  });

  it('that signs out forgets its session, and is somebody new', async () => {
    const visitor = 'v'.repeat(43);
    const { cookies } = await shop.open('/leave', { mainstay_visitor: visitor });
    expect(cookies).toMatchObject([
      { name: 'mainstay_session', value: '', path: '/', expires: new Date(0) },
      { name: 'mainstay_participant', value: '', path: '/', expires: new Date(0) },
      { name: 'mainstay_visitor', value: expect.stringMatching(/^[\w-]{43}$/), maxAge: YEAR },
    ]);
    expect(cookies[2]?.value).not.toBe(visitor);
  });

  it('keeps what it was asked as long as it may answer, and a message for a minute', async () => {
    const { cookies } = await shop.open('/asked');
    expect(cookies.slice(1)).toMatchObject([
      { name: 'mainstay_challenge', value: 'what was asked', maxAge: 600 },
      { name: 'mainstay_flash', maxAge: 60 },
    ]);
    const asked = await shop.open('/', { mainstay_challenge: 'what was asked' });
    expect(asked.json().challenge).toBe('what was asked');
  });
});

describe('a message for the next page', () => {
  const kept = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const read = async (value: string) =>
    (await shop.open('/flash', { mainstay_flash: value })).json().flash;

  it('is shown once, as it was left', async () => {
    const left = (await shop.open('/asked')).cookies.find(({ name }) => name === 'mainstay_flash');
    const { cookies, body } = await shop.open('/flash', { mainstay_flash: String(left?.value) });
    expect(JSON.parse(body).flash).toEqual({ kind: 'success', text: 'Grüße & <b>' });
    expect(cookies.at(-1)).toMatchObject({
      name: 'mainstay_flash',
      value: '',
      expires: new Date(0),
    });
    const none = await shop.open('/flash', { mainstay_visitor: 'v'.repeat(43) });
    expect([none.json().flash, none.cookies]).toEqual([null, []]);
  });

  it('has one of three kinds', async () => {
    expect(await read(kept({ kind: 'error', text: 'a' }))).toEqual({ kind: 'error', text: 'a' });
    expect(await read(kept({ kind: 'x" onload="', text: 'a' }))).toEqual({
      kind: 'info',
      text: 'a',
    });
    expect(await read(kept({ text: 'a' }))).toEqual({ kind: 'info', text: 'a' });
  });

  test.each(['x', kept(null), kept('text'), kept(7), kept({ kind: 'info' }), kept({ text: 7 })])(
    'that somebody made up is none: %s',
    async (value) => {
      expect(await read(value)).toBeNull();
    },
  );
});
