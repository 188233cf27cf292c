import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { fastify } from 'fastify';
import { beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/http/app-type.ts';
import { schemaCompilers } from '../../src/http/schema-compilers.ts';
import { startShop } from '../support/shop.ts';

const CHANNEL = 'fastify.initialization';
const schemas: { readonly route: string; readonly schema: object }[] = [];

/** Follows every route that a shop declares. */
function follow(message: unknown): void {
  const { fastify: app } = message as { fastify: App };
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (schema) schemas.push({ route: `${method} ${url}`, schema });
  });
}

beforeAll(async () => {
  subscribe(CHANNEL, follow);
  const shop = await startShop();
  unsubscribe(CHANNEL, follow);
  await shop.stop();
});

// A start compiles none of them, so one that is no schema would only be found by who sends the first request.
it('every schema of every route compiles', async () => {
  expect(schemas.length).toBeGreaterThan(100);
  const refused: string[] = [];
  for (const { route, schema } of schemas) {
    const app = fastify({ schemaController: schemaCompilers(atOnce) });
    app.post('/', { schema }, () => null);
    await app.ready().then(null, ({ message }) => refused.push(`${route}: ${message}`));
    await app.close();
  }
  expect(refused).toEqual([]);
});

it('one that is none is found so', async () => {
  const app = fastify({ schemaController: schemaCompilers(atOnce) });
  app.get('/', { schema: { querystring: { type: 'strung' } } }, () => null);
  await expect(app.ready()).rejects.toThrow(/type/);
});

function atOnce<T>(make: () => T): () => T {
  const made = make();
  return () => made;
}
