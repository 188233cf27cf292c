import { fastify } from 'fastify';
import { beforeAll, expect, it } from 'vitest';
import { schemaCompilers } from '../../src/http/schema-compilers.ts';
import { type Route, withRoutes } from '../support/routes.ts';
import { startShop } from '../support/shop.ts';

let routes: Route[];

beforeAll(async () => {
  const told = await withRoutes(() => startShop());
  await told.started.stop();
  routes = told.routes;
});

// A start compiles none of them, so one that is no schema would only be found by who sends the first request.
it('every schema of every route compiles', async () => {
  expect(routes.length).toBeGreaterThan(100);
  const refused: string[] = [];
  for (const { name, schema } of routes) {
    const app = fastify({ schemaController: schemaCompilers(atOnce) });
    app.post('/', { schema }, () => null);
    await app.ready().then(null, ({ message }) => refused.push(`${name}: ${message}`));
    await app.close();
  }
  expect(refused).toEqual([]);
});

it('one that is none is found so', async () => {
  const app = fastify({ schemaController: schemaCompilers(atOnce) });
  app.get('/', { schema: { querystring: { type: 'strung' } } }, () => null);
  await expect(app.ready()).rejects.toThrow(/type/);
});

it('of a body that is wrong in very many places the first are told', async () => {
  const app = fastify({ schemaController: schemaCompilers() });
  const item = { type: 'object', required: ['quantity'] };
  const body = {
    type: 'object',
    properties: { items: { type: 'array', maxItems: 10, items: item } },
  };
  app.post('/', { schema: { body } }, () => null);
  const payload = { items: Array.from({ length: 100_000 }, () => ({})) };
  const answer = await app.inject({ method: 'POST', url: '/', payload });
  await app.close();
  expect(answer.statusCode).toBe(400);
  expect(answer.json().message).toMatch(/^body\/items must NOT have more than 10 items, /);
  expect(answer.body.length).toBeLessThan(10_000);
});

function atOnce<T>(make: () => T): () => T {
  const made = make();
  return () => made;
}
