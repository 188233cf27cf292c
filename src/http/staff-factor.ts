import type { onRequestAsyncHookHandler, RouteOptions } from 'fastify';
import { ShopError } from '../shared/errors.ts';
import type { App, Reply, Request } from './app-type.ts';
import { seeOther } from './ways.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route adds a second factor, or leads there: staff reach it who have none yet. */
    readonly enrols?: true;
  }
}

/**
 * Where second factors are the duty of staff: keeps members without one from every route of a scope that needs
 * somebody signed in, but for those that declare `config: { enrols: true }`; `ask` answers them. On routes for anyone
 * they are as anyone: their permissions count for nothing.
 */
export function enforceStaffFactor(
  app: App,
  {
    hasFactor,
    ask,
  }: {
    hasFactor: (userId: string) => Promise<boolean>;
    ask: (request: Request, reply: Reply) => unknown;
  },
): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.enrols) return;
    const guard: onRequestAsyncHookHandler = async (request, reply) => {
      const { principal } = request;
      // A program has no second factor: its key is one that somebody with a session made.
      if (principal === null || principal.apiKey !== undefined || principal.role === 'customer')
        return;
      if (await hasFactor(principal.userId)) return;
      if (route.config?.access !== 'anyone') return ask(request as Request, reply as Reply);
      request.principal = { ...principal, permissions: new Set() };
    };
    route.onRequest = [...[route.onRequest ?? []].flat(), guard];
  });
}

/** How the API answers staff without a second factor. @throws ShopError second_factor_missing, always. */
export function refuseWithoutFactor(): never {
  throw new ShopError(
    'second_factor_missing',
    'Staff need a second factor here. Add one at /account/security, then sign in again.',
  );
}

/** How the pages answer staff without a second factor: they are led to where one is added. */
export function leadToEnrolment(_request: Request, reply: Reply): Reply {
  return seeOther(reply, '/account/security');
}
