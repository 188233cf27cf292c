import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { Document } from '../support/contract/document.ts';
import { operationsOf } from '../support/contract/document.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { watchChanges } from './changes.ts';
import { createChecks } from './checks.ts';
import { principals } from './principals.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const problem = { 'application/problem+json': { schema: { type: 'object' } } };
const document = {
  openapi: '3.1.0',
  servers: [],
  paths: {
    '/api/things': {
      post: {
        'x-access': 'orders:write',
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { name: { type: 'string' } },
                additionalProperties: false,
              },
            },
          },
        },
        responses: {
          201: { content: { 'application/json': { schema: { type: 'object' } } } },
          default: { content: problem },
          400: { content: problem },
        },
      },
    },
  },
} as unknown as Document;

const good = {
  who: 'support',
  status: 201,
  type: 'application/json',
  text: '{}',
  headers: {},
  body: '{"name":"a"}',
  changes: [] as { table: string; act: string }[],
};
const refused = {
  status: 400,
  type: 'application/problem+json',
  text: JSON.stringify({
    ...{ status: 400, code: 'x', type: 'urn:mainstay:problem:x', detail: 'a', correlationId: '1' },
  }),
};

function found(change: Partial<typeof good>): string[] {
  const { who, status, type, text, headers, body, changes } = { ...good, ...change };
  const [operation] = operationsOf(document);
  const principal = principals.find(({ name }) => name === who);
  if (!operation || !principal)
    throw new Error('there is no such operation, or nobody of the name');
  return createChecks(document)({
    ...{ operation, principal, changes },
    request: { method: 'POST', url: '/api/things', headers: {}, body },
    answer: { status, headers: { 'content-type': type, ...headers }, text },
  }).map(({ check }) => check);
}

test('the fuzzer finds nothing where all is well', () => {
  expect(found({})).toEqual([]);
  expect(found(refused)).toEqual([]);
  expect(found({ changes: [{ table: 'orders', act: 'INSERT' }] })).toEqual([]);
});

const eve = 'Quillfeather';
test.each([
  ['a failure of ours', { ...refused, status: 500 }, 'no failure of ours'],
  ['no answer', { status: 0 }, 'an answer'],
  ['an undeclared status', { status: 202 }, 'contract'],
  ['a refusal as a page', { ...refused, type: 'text/html' }, 'problem'],
  ['a stack', { text: '{"a":"x\\n    at f (/a/b.ts:1:2)"}' }, 'contract'],
  ['SQL', { text: '{"a":"select \\"id\\" from \\"users\\""}' }, 'contract'],
  [
    'a change by what was refused',
    { ...refused, changes: [{ table: 'orders', act: 'UPDATE' }] },
    'nothing changed',
  ],
  ['a body taken that the document forbids', { body: '{"admin":true}' }, 'the document’s word'],
  ['somebody let in without the right', { who: 'clerk' }, 'access'],
  ['what belongs to another customer', { who: 'ada', text: `{"a":"${eve}"}` }, 'privacy'],
  ['a header that came from the request', { headers: { 'x-injected': '1' } }, 'headers'],
])('the fuzzer finds %s', (_what, change, check) => {
  expect(found(change)).toContain(check);
});

test('what a transaction changed is told once it is committed, and never where it is rolled back', async () => {
  const { db } = database;
  const changesSince = await watchChanges(db);
  const insert = sql`INSERT INTO categories (id, slug, name) VALUES (gen_random_uuid(), 'a', 'A')`;
  const attempt = inTransaction(db, async (tx) => {
    await insert.execute(tx);
    throw new Error('no');
  });
  await expect(attempt).rejects.toThrow('no');
  expect(await changesSince()).toEqual([]);
  await insert.execute(db);
  expect(await changesSince()).toEqual([{ table: 'categories', act: 'INSERT' }]);
  await sql`UPDATE categories SET name = name`.execute(db);
  expect(await changesSince()).toEqual([]);
  await sql`UPDATE categories SET name = 'B'`.execute(db);
  expect(await changesSince()).toEqual([{ table: 'categories', act: 'UPDATE' }]);
});
