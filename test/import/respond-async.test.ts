import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { fileOf, importActs, onceEach, timesTaken } from './support.ts';

let shop: TestShop;
let token: string;
beforeAll(async () => {
  shop = await startShop({ DEMO_CATALOGUE: 'off' });
  token = await shop.adminToken();
});
afterAll(() => shop.stop());

const csv = { 'content-type': 'text/csv' };

function send(body: string | FormData, headers: Record<string, string> = {}) {
  const init = { method: 'POST', body, headers: { authorization: `Bearer ${token}`, ...headers } };
  return fetch(`${shop.url}/api/products/import`, init);
}

const ask = (path: string, as = token) => shop.api('GET', path, { token: as });

/** Asks for an import until it is done. */
async function ended(location: string) {
  await until(async () => (await ask(location)).body.state === 'done');
  return (await ask(location)).body;
}

/** A key for programs with these scopes. */
async function keyWith(scopes: string[]): Promise<string> {
  const expiresAt = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
  const body = { name: 'ERP', scopes, expiresAt };
  const made = await shop.api('POST', '/api/api-keys', { token, body });
  if (made.status !== 201) throw new Error(`no key: ${JSON.stringify(made.body)}`);
  return made.body.key;
}

describe('an import that its sender does not wait for', () => {
  test('is begun, tells how far it is, and ends with the report', async () => {
    const form = new FormData();
    form.set('file', new Blob([`${fileOf(30)}bad,Bad,,1,x\n`], { type: 'text/csv' }), 'boards.csv');
    const answer = await send(form, { prefer: 'wait=5, Respond-Async' });
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([
      ...[202, 'respond-async'],
    ]);
    const begun = (await answer.json()) as { id: string };
    const location = answer.headers.get('location') ?? '';
    expect(location).toBe(`/api/products/imports/${begun.id}`);
    expect(begun).toMatchObject({ fileName: 'boards.csv', total: 31 });
    expect(await ended(location)).toMatchObject({
      done: 31,
      finishedAt: expect.any(String),
      report: {
        rows: 31,
        products: { created: 30, updated: 0, unchanged: 0, refused: 1 },
        errors: [{ line: 32, handle: 'bad', column: 'Variant Price' }],
      },
    });
    expect(await timesTaken(shop.db)).toEqual(onceEach(30));
    const actor = { actor_kind: 'staff', actor_id: (await ask('/api/auth/profile')).body.user.id };
    expect(await importActs(shop.db)).toMatchObject([
      { act: 'catalogue.import_begun', ...actor },
      { act: 'catalogue.imported', ...actor, detail: { created: 30, refused: 1 } },
    ]);
  });

  test('by a program is begun and asked for with the permission to import, and goes on after its key ends', async () => {
    const key = await keyWith(['catalog:read', 'catalog:write', 'stock:read', 'stock:write']);
    const answer = await send(fileOf(2, 'keyed'), {
      ...{ ...csv, authorization: `Bearer ${key}`, prefer: 'respond-async' },
    });
    const location = answer.headers.get('location') ?? '';
    expect([answer.status, (await ask(location, key)).status]).toEqual([202, 200]);
    const { data } = (await ask('/api/api-keys')).body;
    await shop.api('DELETE', `/api/api-keys/${data[0].id}`, { token });
    expect((await ended(location)).report.products.created).toBe(2);
    expect((await importActs(shop.db)).at(-1)).toMatchObject({
      ...{ act: 'catalogue.imported', actor_kind: 'api-key', actor_id: data[0].id },
    });
  });

  test('is waited for where another preference, or the text of one, is all that asks for it', async () => {
    for (const prefer of ['wait=10', 'note="a, respond-async"', 'respond-asynchronously']) {
      const answer = await send(fileOf(1), { ...csv, prefer });
      expect([answer.status, answer.headers.get('location')]).toEqual([200, null]);
      expect(await answer.json()).toMatchObject({ rows: 1 });
    }
  });

  test('is not begun of what is no product file, which is told at once', async () => {
    const answer = await send('just,some\nother,table\n', { ...csv, prefer: 'respond-async' });
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([200, null]);
    expect(await answer.json()).toMatchObject({ errorCount: 1, errors: [{ line: 1 }] });
  });

  test('may be of a part of a form that has no name', async () => {
    const body =
      '--x\r\ncontent-disposition: form-data; name="file"\r\ncontent-type: application/octet-stream\r\n\r\n' +
      `${fileOf(1)}\r\n--x--\r\n`;
    const answer = await send(body, {
      ...{ 'content-type': 'multipart/form-data; boundary=x', prefer: 'respond-async' },
    });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ fileName: '' });
  });
});

test('an import is told to those alone who may import, and only where there is one', async () => {
  const answer = await send(fileOf(1), { ...csv, prefer: 'respond-async' });
  const location = answer.headers.get('location') ?? '';
  await ended(location);
  expect((await shop.api('GET', location)).status).toBe(401);
  expect((await ask(location, (await shop.customer()).token)).status).toBe(403);
  expect((await ask(location, await keyWith(['catalog:read']))).status).toBe(403);
  expect((await ask('/api/products/imports/0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10')).status).toBe(
    404,
  );
  expect((await ask('/api/products/imports/x')).status).toBe(400);
});
