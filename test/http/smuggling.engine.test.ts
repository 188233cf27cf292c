import { afterAll, beforeAll, expect, it } from 'vitest';
import { lack, type RunningProxy, startProxy } from '../deploy/proxy.ts';
import { describeWhere } from '../support/describe-where.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { sendRaw } from './raw.ts';

// One request hidden in another, past the proxy's own files and the nginx of this machine, to the shop.
describeWhere(lack, 'a request hidden in another', () => {
  let shop: TestShop;
  let proxy: RunningProxy;
  beforeAll(async () => {
    shop = await startShop();
    proxy = await startProxy(shop.url);
  });
  afterAll(async () => {
    await proxy?.stop();
    await shop?.stop();
  });

  /** A whole request that leaves a trace in the database: a new customer. */
  function registration(email: string): string {
    const body = JSON.stringify({ email, password: 'correct horse battery', name: 'S' });
    return `POST /api/auth/register HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  }
  const customers = async () =>
    (
      await shop.db.selectFrom('users').select('email').where('email', 'like', 'hidden%').execute()
    ).map(({ email }) => email);

  it('would be seen here: sent openly, it makes a customer', async () => {
    const heard = await sendRaw(proxy.url, [registration('hidden-not@example.test')], {
      answers: 1,
    });
    expect(heard.statuses).toEqual([201]);
    expect(await customers()).toEqual(['hidden-not@example.test']);
  });

  const outer = 'POST /api/auth/login HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n';
  const inChunks = (hidden: string) => `0\r\n\r\n${hidden}`;
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const attacks: Record<string, (hidden: string) => string> = {
    'CL.TE': (hidden) =>
      `${outer}Content-Length: ${inChunks(hidden).length}\r\nTransfer-Encoding: chunked\r\n\r\n${inChunks(hidden)}`,
    'TE.CL': (hidden) =>
      `${outer}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${chunk(hidden)}0\r\n\r\n`,
    'TE.TE, misspelt second': (hidden) =>
      `${outer}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\nContent-Length: ${inChunks(hidden).length}\r\n\r\n${inChunks(hidden)}`,
    'TE with a space before the colon': (hidden) =>
      `${outer}Transfer-Encoding : chunked\r\nContent-Length: ${inChunks(hidden).length}\r\n\r\n${inChunks(hidden)}`,
    'TE after a tab': (hidden) =>
      `${outer}Transfer-Encoding:\tchunked\r\nContent-Length: ${inChunks(hidden).length}\r\n\r\n${inChunks(hidden)}`,
    'TE in quotes': (hidden) =>
      `${outer}Transfer-Encoding: "chunked"\r\nContent-Length: ${inChunks(hidden).length}\r\n\r\n${inChunks(hidden)}`,
    'TE with a vertical tab': (hidden) =>
      `${outer}Transfer-Encoding: \x0bchunked\r\nContent-Length: ${inChunks(hidden).length}\r\n\r\n${inChunks(hidden)}`,
    'TE behind a lone LF': (hidden) =>
      `${outer}X-A: b\nTransfer-Encoding: chunked\r\nContent-Length: ${inChunks(hidden).length}\r\n\r\n${inChunks(hidden)}`,
    'TE behind a lone CR': (hidden) =>
      `${outer}X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: ${inChunks(hidden).length}\r\n\r\n${inChunks(hidden)}`,
    'a folded TE': (hidden) =>
      `${outer}Transfer-Encoding:\r\n chunked\r\nContent-Length: ${inChunks(hidden).length}\r\n\r\n${inChunks(hidden)}`,
    'TE: chunked, identity': (hidden) =>
      `${outer}Transfer-Encoding: chunked, identity\r\nContent-Length: ${inChunks(hidden).length}\r\n\r\n${inChunks(hidden)}`,
    'two lengths': (hidden) =>
      `${outer}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    'a list of lengths': (hidden) => `${outer}Content-Length: 0, ${hidden.length}\r\n\r\n${hidden}`,
    'a length with a sign': (hidden) =>
      `${outer}Content-Length: +${hidden.length}\r\n\r\n${hidden}`,
    'a length of 0x': (hidden) =>
      `${outer}Content-Length: 0x${hidden.length.toString(16)}\r\n\r\n${hidden}`,
    'a body of a GET': (hidden) =>
      `GET /api/products HTTP/1.1\r\nHost: shop\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    'a body of a GET in chunks': (hidden) =>
      `GET /api/products HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(hidden)}0\r\n\r\n`,
    'an extension with a lone LF': (hidden) =>
      `${outer}Transfer-Encoding: chunked\r\n\r\n2;\nxx\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
    'a chunk size that overflows': (hidden) =>
      `${outer}Transfer-Encoding: chunked\r\n\r\n10000000000000000${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
    'trailers that are a request': (hidden) =>
      `${outer}Transfer-Encoding: chunked\r\n\r\n${chunk('{}')}0\r\n${hidden}`,
    'HTTP/1.0 with TE': (hidden) =>
      `${outer.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\nContent-Length: ${inChunks(hidden).length}\r\nConnection: keep-alive\r\n\r\n${inChunks(hidden)}`,
    'an address with a request in it': (hidden) =>
      `GET /api/products?q=${encodeURIComponent(` HTTP/1.1\r\nHost: shop\r\n\r\n${hidden}`)} HTTP/1.1\r\nHost: shop\r\n\r\n`,
    'a header that names its connection’s': (hidden) =>
      `${outer}Connection: Content-Length\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    'an upgrade': (hidden) =>
      `GET /api/products HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  };

  it.each(Object.entries(attacks))(
    'as %s is not carried out, and the next caller hears their own answer',
    async (name, attack) => {
      const email = `hidden-${Object.keys(attacks).indexOf(name)}@example.test`;
      // Waits for what is answered; a proxy that waits for more is left alone.
      const heard = await sendRaw(proxy.url, [attack(registration(email))], {
        answers: 2,
        patienceMs: 1500,
      });
      expect(heard.statuses.filter((status) => status === 201)).toEqual([]);
      // Several, so that whichever connection the proxy keeps to the shop is asked.
      const next = await Promise.all(
        Array.from({ length: 8 }, () => fetch(`${proxy.url}/health/live`)),
      );
      for (const answer of next)
        expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'ok' }]);
      expect(await customers()).not.toContain(email);
    },
  );
});
