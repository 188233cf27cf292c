import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App, Reply } from '../../src/http/app-type.ts';
import { documentApi } from '../../src/http/openapi.ts';
import { IdSchema, problemsFor } from '../../src/http/schemas.ts';
import { failOnComplaints } from '../support/contract/complaints.ts';

let app: App;
let url: string;

/** A server that documents itself as the shop does, and does otherwise. */
beforeAll(async () => {
  app = fastify().withTypeProvider<TypeBoxTypeProvider>();
  await documentApi(app, { publicUrl: 'http://127.0.0.1' });
  const schema: FastifySchema = {
    tags: ['Orders'],
    response: { 200: Type.Object({ id: IdSchema }), ...problemsFor(404) },
  };
  const answer = (path: string, status: number, type: string, body: unknown) =>
    app.get(path, { schema }, (_request, reply: Reply) =>
      reply.code(status).type(type).serializer(String).send(body),
    );
  const good = JSON.stringify({ id: '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10' });
  answer('/api/good', 200, 'application/json', good);
  answer('/api/shape', 200, 'application/json', '{"id":"not-an-id"}');
  answer('/api/status', 201, 'application/json', good);
  answer('/api/type', 200, 'text/plain', good);
  answer('/api/problem', 404, 'application/problem+json', '{"status":404}');
  answer('/api/other-status', 404, 'application/problem+json', problem({ status: 403 }));
  answer(
    '/api/stack',
    404,
    'application/problem+json',
    problem({ detail: '\n  at f (/a.js:1:2)' }),
  );
  app.get('/api/hidden', () => ({ ok: true }));
  app.get('/page', (_request, reply) => reply.type('text/html; charset=latin1').send('<p>a</p>'));
  app.get('/broken-page', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send('<p>insert into &quot;orders&quot;</p>'),
  );
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => app.close());

function problem(change: object): string {
  const code = 'not_found';
  const type = 'urn:mainstay:problem:not-found';
  const rest = { type, title: 'No', status: 404, detail: 'No.', code, correlationId: '1' };
  return JSON.stringify({ ...rest, ...change });
}

it('a response that is as the document says fails no test', async () => {
  await fetch(`${url}/api/good`);
  expect(failOnComplaints).not.toThrow();
});

it.each([
  ['a body against its schema', '/api/shape', 'body/id must match format "uuid"'],
  ['an undeclared status', '/api/status', 'GET /api/status answered 201'],
  ['another content type', '/api/type', 'the content type is "text/plain'],
  ['half a problem', '/api/problem', "must have required property 'code'"],
  ['a problem of another status', '/api/other-status', 'the problem speaks of 403'],
  ['a stack', '/api/stack', 'the body shows a stack'],
  ['an operation that is not documented', '/api/hidden', 'does not know this operation'],
  ['a refusal that is no problem', '/api/nowhere', 'a refusal of the content type'],
  ['a page without its charset', '/page', 'HTML of no charset'],
  ['a page with SQL', '/broken-page', 'the body shows SQL'],
])('%s fails the test that it comes in', async (_what, path, complaint) => {
  await fetch(`${url}${path}`);
  expect(failOnComplaints).toThrow(complaint);
});

it('and so does one that came without a network', async () => {
  await app.inject('/api/shape');
  expect(failOnComplaints).toThrow('must match format "uuid"');
});
