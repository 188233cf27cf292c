import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import type { App } from '../../src/http/app-type.ts';
import { answerErrors } from '../../src/http/errors.ts';
import type { Principal } from '../../src/http/principal.ts';
import type { Permission } from '../../src/shared/permissions.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

/** Who may ask, by name; `nobody` is not signed in. */
export const actors = {
  nobody: null,
  customer: person('customer', []),
  clerk: person('staff', ['orders:read']),
  buyer: person('staff', ['stock:read', 'stock:write']),
  owner: person('admin', ['orders:read', 'stock:read', 'stock:write', 'audit:read']),
  key: { ...person('staff', ['orders:read']), apiKey: { makerId: 'maker' } },
} satisfies Record<string, Principal | null>;
export type Actor = keyof typeof actors;
export const everybody = Object.keys(actors) as Actor[];

function person(role: Principal['role'], permissions: Permission[]): Principal {
  const id = `${role} ${permissions.join(' ')}`;
  return {
    ...{ userId: `user ${id}`, sessionId: `session ${id}`, email: 'a@b.example', name: 'A', role },
    permissions: new Set(permissions),
  };
}

/**
 * A server that answers as the shop does, with the guards and routes of a test. Whoever asks is taken at their word:
 * the header `x-actor` names them.
 */
export function bareApp(): App {
  const app: App = fastify().withTypeProvider<TypeBoxTypeProvider>();
  app.decorateRequest('principal', null);
  answerErrors(app, { logger: createLogger('silent'), errorPage: (_request, { title }) => title });
  app.addHook('onRequest', async (request) => {
    const name = request.headers['x-actor'];
    if (name !== undefined) request.principal = actors[name as Actor];
  });
  return app;
}

/** Asks as somebody. */
export async function ask(app: App, who: Actor, url: string, method: 'GET' | 'POST' = 'GET') {
  const answer = await app.inject({ method, url, headers: { 'x-actor': who } });
  const json = String(answer.headers['content-type']).includes('json');
  return { status: answer.statusCode, headers: answer.headers, body: json ? answer.json() : null };
}
