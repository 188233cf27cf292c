import { fastify } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
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

describe('a body that is wrong in very many places', () => {
  const item = { type: 'object', required: ['quantity'] };
  const body = {
    type: 'object',
    additionalProperties: false,
    properties: { items: { type: 'array', maxItems: 10, items: item } },
  };
  const answer = async (payload: object) => {
    const app = fastify({ schemaController: schemaCompilers() });
    app.post('/', { schema: { body } }, () => null);
    const { statusCode, json } = await app.inject({ method: 'POST', url: '/', payload });
    await app.close();
    expect(statusCode).toBe(400);
    return json().message;
  };

  it('is told of the first hundred', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`key${at}`, 1]));
    expect((await answer(unknown)).match(/additional properties/g)).toHaveLength(100);
  });

  it('is told of its list that is too long, and of nothing in it', async () => {
    const items = Array.from({ length: 100_000 }, () => ({}));
    const tooLong = 'body/items must NOT have more than 10 items';
    expect(await answer({ items })).toBe(tooLong);
    expect(await answer({ unknown: 1, items })).toBe(
      `body must NOT have additional properties, ${tooLong}`,
    );
    expect(await answer({ items: [{}, { quantity: 1 }, {}] })).toBe(
      "body/items/0 must have required property 'quantity', body/items/2 must have required property 'quantity'",
    );
  });
});

function atOnce<T>(make: () => T): () => T {
  const made = make();
  return () => made;
}
