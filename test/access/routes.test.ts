import fastify from 'fastify';
import { expect, test } from 'vitest';
import { enforceAccess } from '../../src/http/access.ts';
import type { App } from '../../src/http/app-type.ts';

test('a route that declares no access does not register', async () => {
  const app = fastify() as unknown as App;
  enforceAccess(app);
  expect(() => app.get('/forgotten', () => 'open to all')).toThrow(
    'GET /forgotten declares no access',
  );
  await app.close();
});
