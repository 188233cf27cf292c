import type { Operation } from '../support/contract/document.ts';

/** One request that no friendly client sends. */
export interface Attack {
  readonly what: string;
  /** Where it is not the operation's own. */
  readonly method?: string;
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

const ID = '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10';
const json = { 'content-type': 'application/json' };

/** The path with its parameters filled in. */
function fill(path: string, value: string): string {
  return path.replace(/\{\w+\}/g, value);
}

/** Bad ids, for operations with parameters in their path. */
export function badPaths(path: string): Attack[] {
  if (!path.includes('{')) return [];
  const values = [
    'not%00here',
    '%ff%fe',
    'x'.repeat(200),
    '%27%3BDROP%20TABLE%20orders',
    '..%2F..',
    '-1',
    '%F0%9F%92%A5',
    `urn:uuid:${ID}`,
    `%7B${ID}%7D`,
  ];
  return values.map((value) => ({ what: `path ${value.slice(0, 20)}`, url: fill(path, value) }));
}

/** Bad values of every query parameter. */
export function badQueries(path: string, { parameters = [] }: Operation): Attack[] {
  const values = ['%00', '%ff', 'x'.repeat(5000)];
  const opaque = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const most = Number.MAX_SAFE_INTEGER;
  const cursors = [
    ...['bm90LWEtY3Vyc29y', 'W251bGxd', 'WyIwMTk5Il0', 'WzFlOTk5XQ', '%7B%7D'],
    ...[opaque('-'.repeat(36)), opaque(most), opaque(-most), opaque(most, most)],
    opaque('-', '-'.repeat(36)),
  ];
  const limits = ['0', '101', '-1', '1.5', '1e9', 'ten', '99999999999999999999'];
  const numbers = ['1e309', '-1e309', 'Infinity', '-Infinity', 'NaN', '1e-400x'];
  const days = ['0000-01-01', '2026-02-30', '2026-1-1', '10000-01-01', '2026-01-01T00:00:00Z'];
  const specific: Record<string, string[]> = {
    cursor: cursors,
    limit: [...limits, ...numbers],
    minPrice: numbers,
    maxPrice: numbers,
    orderId: [`urn:uuid:${ID}`],
    actor: [`urn:uuid:${ID}`],
    from: days,
    to: days,
  };
  const names = parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name);
  const attack = (name: string, value: string): Attack => ({
    what: `query ${name}=${value.slice(0, 20)}`,
    url: `${fill(path, ID)}?${name}=${value}`,
  });
  return [
    ...names.flatMap((name) =>
      [...values, ...(specific[name] ?? [])].map((value) => attack(name, value)),
    ),
    // A filter with a slip in its name, which would list everything.
    ...(names.length > 0 ? [attack('staus', 'paid')] : []),
  ];
}

/** Bodies that are not what the operation asks for, whichever that is; `variantId` is one for sale. */
export function badBodies(path: string, { requestBody }: Operation, variantId: string): Attack[] {
  const schema = requestBody?.content['application/json']?.schema;
  if (!schema) return [];
  const url = fill(path, ID);
  const good = schema.examples?.[0] ?? {};
  const fields = Object.keys(schema.properties ?? {});
  const send = (what: string, body: string | Buffer, headers = json): Attack => ({
    what,
    url,
    headers,
    body,
  });
  const sendJson = (what: string, value: unknown) => send(what, JSON.stringify(value));
  const strange: unknown[] = [
    null,
    true,
    -1,
    1.5,
    1e300,
    Number.MAX_SAFE_INTEGER,
    '',
    'a\0b',
    [],
    [[]],
    {},
    { amount: 'x' },
  ];
  return [
    send('no body', ''),
    send('half a document', '{"items": ['),
    send('no document', 'hello'),
    send('invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
    send('a prototype', '{"__proto__": {"role": "admin"}}'),
    send('10 MB', JSON.stringify({ padding: 'x'.repeat(10 * 1024 * 1024) })),
    send('depth', `${'['.repeat(20_000)}${']'.repeat(20_000)}`),
    send('XML', '<order/>', { 'content-type': 'application/xml' }),
    send('a form', 'email=a&password=b', { 'content-type': 'application/x-www-form-urlencoded' }),
    send('another charset', '{}', { 'content-type': 'application/json; charset=utf-16' }),
    send('a nonsense type', '{}', { 'content-type': 'nonsense' }),
    ...[null, [], 'text', 1, true].map((value) => sendJson(`${JSON.stringify(value)}`, value)),
    sendJson('an unknown field', { ...good, isAdmin: true }),
    send(
      'half a surrogate pair',
      `{"items":[{"variantId":"${variantId}","quantity":1}],"shippingAddress":{"name":"\\ud800","line1":"1 High Street","city":"Leeds","postalCode":"LS1 1AA","country":"GB"}}`,
    ),
    sendJson('a NUL in a name', { ...good, 'a\0b': 1 }),
    ...['0000-01-01T00:00:00Z', '2026-12-31T23:59:60Z', '2026-02-30T00:00:00Z'].map((expiresAt) =>
      sendJson(`expires at ${expiresAt}`, { name: 'A', scopes: ['stock:read'], expiresAt }),
    ),
    ...[`urn:uuid:${ID}`, `{${ID}}`].map((id) =>
      sendJson(`the id ${id}`, {
        orderId: id,
        items: [{ variantId: id, quantity: 1 }],
        roleId: id,
      }),
    ),
    // An order or address is any object: what is wrong with each field is left to the schema.
    ...fields.flatMap((field) =>
      strange.map((value) => sendJson(`${field}: ${JSON.stringify(value)}`, { [field]: value })),
    ),
    ...[0, -1, 1.5, 1e9, 1e300, '2', null].map((quantity) =>
      sendJson(`quantity ${quantity}`, {
        items: [{ variantId, quantity }],
        orderId: ID,
        amount: { amount: quantity, currency: 'USD' },
        delta: quantity,
        reason: ' ',
      }),
    ),
  ];
}
